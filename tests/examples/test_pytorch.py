"""The PyTorch script trains, writes its predictions, and stands on the leaderboard with a run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.image_folders import write_folder
from tests.support.plugins import ROOT, run_bench

pytestmark = pytest.mark.processes

SCRIPT = ROOT / "examples" / "pytorch" / "train_and_save.py"
IMAGES = ("--dataset", "folder", "--data-dir", "images")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of three classes, and the predictions of two seeds of the script."""
    pytest.importorskip("torch", reason="PyTorch is not installed; `tox -e examples` installs it")
    folder = tmp_path_factory.mktemp("pytorch")
    write_folder(folder / "images")
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, SCRIPT, f"p{seed}.npz", "--epochs", "12", "--seed", seed, *IMAGES],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "BENCH_CACHE_DIR": str(folder / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return folder


def test_predictions_stand_beside_a_run_with_intervals_and_paired_tests(folder: Path) -> None:
    where = ("--tier", "full", *IMAGES, "--results", "results")
    done = run_bench(
        *("run", "--approach", "basic_cnn", "--seeds", "1", "--allow-dirty", *where), folder=folder
    )
    assert done.returncode == 0, done.stderr
    for seed in ("0", "1"):
        done = run_bench(
            *("score", f"p{seed}.npz", "--name", "torch_small", "--seed", seed, *where),
            folder=folder,
        )
        assert done.returncode == 0, done.stderr
    (section,) = json.loads((folder / "results" / "leaderboard.json").read_text())["sections"]
    rows = {row["approach"]: row for row in section["rows"]}
    ours = rows["torch_small"]
    with np.load(folder / "p0.npz") as one, np.load(folder / "p1.npz") as other:
        right = [np.mean(p["logits"].argmax(axis=1) == p["label"]) for p in (one, other)]
    assert ours["accuracy"]["mean"] == pytest.approx(np.mean(right), abs=1e-6)
    low, high = ours["test_interval"]
    assert low < ours["accuracy"]["mean"] < high or ours["accuracy"]["mean"] in (low, high)
    assert ours["verdict"] is None
    # A pair without a paired test has a note.
    assert set(rows) == {"torch_small", "basic_cnn"}
    assert not any("paired test" in note for note in section["notes"])
    assert "(predictions supplied)" in (folder / "results" / "leaderboard.md").read_text()


def test_predictions_of_other_images_are_refused_in_one_line(folder: Path) -> None:
    shutil.copytree(folder / "images", folder / "fewer")
    shutil.rmtree(folder / "fewer" / "dog")
    done = run_bench(
        *("score", "p0.npz", "--name", "wrong", "--tier", "full"),
        *("--dataset", "folder", "--data-dir", "fewer", "--results", "results"),
        folder=folder,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "are wanted" in done.stderr
