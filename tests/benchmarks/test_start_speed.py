"""What a user waits for before anything is trained."""

import subprocess
import sys
from pathlib import Path

import pytest

from datasets import load_dataset

pytestmark = pytest.mark.benchmark


@pytest.mark.benchmark(group="start")
def test_second_start_of_a_data_set(benchmark, tmp_path: Path) -> None:
    first = load_dataset("shapes100", cache_dir=tmp_path)
    again = benchmark(load_dataset, "shapes100", cache_dir=tmp_path)
    assert again.fingerprint == first.fingerprint


@pytest.mark.benchmark(group="start")
def test_help(benchmark) -> None:
    command = [sys.executable, "-m", "bench", "--help"]
    done = benchmark.pedantic(subprocess.run, (command,), {"capture_output": True}, rounds=5)
    assert done.returncode == 0
