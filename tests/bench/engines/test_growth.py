"""A hundred runs in one process take no more memory and no more files than ten."""

import gc
import os
from pathlib import Path

import pytest

from bench.engines.unit import do_run
from bench.estimators.registry import EstimatorEntry
from bench.registry import Registry
from tests.support.tiny import make_run, make_session

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read in /proc"),
]

# What a run leaves behind (its words, its record) is kilobytes; a framework's leak is megabytes.
MOST_BYTES_A_RUN = 200_000


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.promise(
    "a hundred runs in one process",
    "memory grows by less than 0.2 MB a run, open files not at all",
)
def test_a_hundred_runs_leave_memory_and_open_files_as_they_were(tmp_path: Path) -> None:
    name = make_run().recipe.estimator
    constant = EstimatorEntry(name, "a constant", dict, "tests.support.constant:ConstantEstimator")
    session = make_session(tmp_path, estimators=Registry("estimator", (constant,)))
    runs = [make_run(seed=seed) for seed in range(100)]
    for run in runs[:10]:
        do_run(run, session)
    memory, files = resident_bytes(), open_files()
    for run in runs[10:]:
        do_run(run, session)
    assert open_files() <= files
    assert resident_bytes() - memory < 90 * MOST_BYTES_A_RUN
    assert len(session.store.ledger.entries()) == 100
