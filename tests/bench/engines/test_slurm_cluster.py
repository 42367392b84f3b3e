"""A plan on a real SLURM of two nodes, one of which is lost in the middle."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.records.store import RunStore
from bench.verification.verify import verify
from tests.support import slurm as support

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.skipif(bool(support.missing()), reason=support.missing()),
]
ROOT = Path(__file__).parents[3]
APPROACHES = ("basic_cnn",)
PLAN = ["--tier", "smoke", "--seeds", "2", *(f"--approach={name}" for name in APPROACHES)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[support.Slurm]:
    pytest.importorskip("submitit", reason="submitit is not installed")
    folder = tmp_path_factory.mktemp("slurm")
    # The user munge must reach its folder.
    for path in (folder, *folder.parents[:2]):
        path.chmod(0o755)
    with support.slurm(folder) as started:
        yield started


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Predictions by key, from the engine of one machine."""
    results = tmp_path_factory.mktemp("local")
    bench("run", *PLAN, "--engine", "processes", "--results", results)
    return predictions(results)


def bench(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def predictions(results: Path) -> dict[str, str]:
    return {record.key: record.predictions_sha256 for _, record in RunStore(results).runs()}


def states(results: Path) -> list[str]:
    said = bench("status", "--json", "--results", results).stdout
    return [one["state"] for one in json.loads(said)]


def until(reached: object, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(1)


def test_plan_is_complete_though_a_node_is_lost(
    cluster: support.Slurm, local: dict[str, str], tmp_path: Path
) -> None:
    said = bench(
        "run",
        *PLAN,
        "--engine",
        "slurm",
        "--partition",
        "all",
        "--time",
        "5",
        "--results",
        tmp_path,
        env=cluster.environment,
    ).stdout
    assert "submitted" in said
    until(lambda: "running" in states(tmp_path))
    (node, *_) = cluster.say("squeue", "-h", "-t", "R", "-o", "%N").split()
    cluster.lose(node)
    until(lambda: set(states(tmp_path)) == {"finished"})
    assert predictions(tmp_path) == local
    assert "0 problems found" in bench("collect", "--results", tmp_path).stdout
    assert verify(RunStore(tmp_path)) == []
