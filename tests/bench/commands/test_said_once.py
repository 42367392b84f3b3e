"""What a plan of several processes writes: each thing once, and nothing of the libraries' own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

# Nothing listens there, so a download ends at once, with a network or without.
NOWHERE = "http://127.0.0.1:9"


def test_missing_data_is_said_once_and_libraries_say_nothing(tmp_path: Path) -> None:
    own = {"HOME": "home", "KERAS_HOME": "home/keras", "BENCH_CACHE_DIR": "cache"}
    environment = {
        **{name: value for name, value in os.environ.items() if name != "CIFAR100_DIR"},
        **{name: str(tmp_path / place) for name, place in own.items()},
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), NOWHERE),
        "no_proxy": "",
    }
    asked = ("--tier", "smoke", "--dataset", "auto", "--seeds", "2", "--engine", "processes")
    approaches = ("--approach", "basic_cnn", "--approach", "vgg19_forest")
    done = subprocess.run(
        [sys.executable, "-m", "bench", "run", *asked, *approaches],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if "cannot download" in line]
    assert len(told) == 1
    assert told[0].startswith("shapes100 instead of CIFAR-100: ")
    assert "cannot download" not in done.stdout
    assert done.stderr.count("random backbone") == 1
    assert "Warning" not in done.stderr
    assert "WARNING" not in done.stderr


def test_models_are_built_without_a_word_of_the_framework(tmp_path: Path) -> None:
    results = Path(__file__).parents[3] / "results"
    quiet = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "verify", "--models", "--results", str(results)],
        cwd=tmp_path,
        env=quiet,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
