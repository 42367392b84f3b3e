"""Small networks on one per core: the same records, and clear words where a process fails."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from bench.approaches.registry import get_approach
from bench.engines.matrix import run_plan
from bench.engines.processes import run_on_cores
from bench.errors import BenchError
from bench.planning.plan import Plan, Request, plan
from bench.planning.runs import Run
from bench.progress import events
from bench.system.cores import available_cores, own_cores, pinned_to
from tests.support.tiny import make_context

needs_pinning = pytest.mark.skipif(not own_cores(), reason="processes cannot be pinned here")


def waiting(folder: Path, *names: str, seeds: int = 2) -> tuple[Run, ...]:
    context = make_context(folder)
    return tuple(Run(get_approach(name), s, context) for name in names for s in range(seeds))


def refuse() -> Plan:
    raise BenchError("no such images; give --data-dir")


def die() -> Plan:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.fixture
def no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.engines.processes._has_accelerator", lambda: False)


@pytest.mark.smoke
@pytest.mark.usefixtures("no_accelerator")
@pytest.mark.parametrize(
    ("planner", "message"),
    [(refuse, "no such images; give --data-dir"), (die, "a worker ended with exit code -9")],
)
def test_failure_of_a_worker_ends_in_one_line(planner, message: str, tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=message):
        run_on_cores(waiting(tmp_path, "basic_cnn"), planner, workers=2)


@pytest.mark.smoke
@pytest.mark.usefixtures("no_accelerator")
@pytest.mark.parametrize(
    ("names", "seeds", "workers"),
    [(["basic_cnn"], 1, 2), (["basic_cnn"], 2, 1), (["vgg19_linear", "vgg19_forest"], 2, 2)],
    ids=["one run", "one worker", "backbones and forests"],
)
def test_what_gains_nothing_stays_in_this_process(
    names: list[str], seeds: int, workers: int, tmp_path: Path
) -> None:
    assert run_on_cores(waiting(tmp_path, *names, seeds=seeds), die, workers) == {}


@pytest.mark.smoke
def test_accelerator_needs_no_cores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bench.engines.processes._has_accelerator", lambda: True)
    assert run_on_cores(waiting(tmp_path, "basic_cnn"), die, 2) == {}


@pytest.mark.smoke
@needs_pinning
def test_pinned_process_counts_one_core() -> None:
    before = own_cores()
    with pinned_to(before[-1]):
        assert available_cores() == 1
    assert own_cores() == before


@pytest.mark.processes
def test_runs_on_cores_give_the_records_of_runs_in_this_process(tmp_path: Path) -> None:
    heard: list[events.Event] = []
    refreshed: list[int] = []

    def run(folder: str, workers: int) -> list:
        request = Request(
            tier="smoke", approaches=("basic_cnn",), seeds=2, results=tmp_path / folder
        )
        heard.clear()
        refreshed.clear()
        return list(
            run_plan(
                plan(request, heard.append),
                lambda run: refreshed.append(run.seed),
                partial(plan, request),
                workers,
            )
        )

    alone, together = run("alone", 1), run("together", 2)
    told = [(type(event).__name__, getattr(event, "seed", None)) for event in heard]
    for seed in (0, 1):
        assert ("RunStarted", seed) in told
        assert ("EpochFinished", seed) in told
    assert all(event.run for event in heard if isinstance(event, events.RunStarted))
    assert sorted(refreshed) == [0, 1]
    for one, other in zip(together, alone, strict=True):
        assert one.key == other.key
        assert one.environment.cores == (1 if own_cores() else available_cores())
        assert one.history[0].loss == pytest.approx(other.history[0].loss, rel=1e-3)
        assert one.test.loss == pytest.approx(other.test.loss, rel=1e-2)
    run("together", 2)
    assert {type(event) for event in heard} == {events.RunFinished}
