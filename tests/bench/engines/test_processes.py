"""One process per run: the same records in any layout, and clear words where a process fails."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench.approaches.registry import installed_approaches
from bench.engines import processes, worker
from bench.engines.failures import is_out_of_memory
from bench.engines.inline import InlineEngine
from bench.engines.presence import sign_of
from bench.engines.processes import ProcessEngine
from bench.engines.session import Session
from bench.engines.steps import Step
from bench.engines.worker import OutOfMemory
from bench.errors import BenchError
from bench.planning.plan import Plan, plan
from bench.planning.request import Request
from bench.progress import events
from bench.records.record import RunRecord
from bench.records.store import CHECKPOINT, RunStore
from bench.system.cores import available_cores, own_cores, started_on
from tests.support.tiny import TIER, make_run, make_session

needs_pinning = pytest.mark.skipif(not own_cores(), reason="processes cannot be pinned here")


FIVE_EPOCHS = replace(TIER, max_epochs=5)


def kill_itself(job: dict, teller: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(job: dict, teller: object) -> None:
    time.sleep(60)


def run_out_of_memory(job: dict, teller: object) -> None:
    teller.send(OutOfMemory("out of memory: MemoryError"))


def diverge(job: dict, teller: object) -> None:
    teller.send(events.RunFailed(Step.from_plain(job["step"]).run, "loss is NaN"))


def throw_for_seed_0(job: dict, teller: object) -> None:
    if Step.from_plain(job["step"]).run.seed == 0:
        diverge(job, teller)
    else:
        worker.work(job, teller)


def die_after_the_last_word(job: dict, teller: object) -> None:
    worker.work(job, teller)
    os.kill(os.getpid(), signal.SIGKILL)


def never_end_after_the_last_word(job: dict, teller: object) -> None:
    worker.work(job, teller)
    time.sleep(3600)


def predictions(records: list[RunRecord]) -> dict[str, str]:
    return {record.key: record.predictions_sha256 for record in records}


def attempts_in(session: Session) -> list[str]:
    return [entry.reason for entry in session.store.ledger.entries()]


@needs_pinning
def test_pinned_process_counts_one_core() -> None:
    before = own_cores()
    with started_on(before[-1:], threads=1):
        assert available_cores() == 1
        assert os.environ["TF_NUM_INTRAOP_THREADS"] == "1"
    assert own_cores() == before
    assert "TF_NUM_INTRAOP_THREADS" not in os.environ


def test_what_is_recorded_is_found_without_a_process(
    eager: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, planned = make_session(tmp_path), Plan((make_run("basic_cnn"),))
    expected = list(InlineEngine().run(planned, session))
    monkeypatch.setattr(processes, "work", kill_itself)
    # As one leaves it that was killed right after its record was written.
    left = session.folder(planned.runs[0]) / CHECKPOINT
    left.write_bytes(b"no longer of use")
    assert list(ProcessEngine().run(planned, session)) == expected
    assert not left.exists()


@pytest.mark.processes
@pytest.mark.promise(
    "a worker is killed",
    "it is replaced and its run goes on; killed again, the run has failed and the others go on",
)
def test_process_that_is_killed_is_replaced_once_and_then_its_run_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[events.Event] = []
    monkeypatch.setattr(processes, "work", kill_itself)
    session = make_session(tmp_path, listener=heard.append)
    run = make_run("basic_cnn")
    assert list(ProcessEngine().run(Plan((run,)), session)) == []
    reason = "its process ended with exit code -9"
    assert heard == [
        events.Note(f"basic_cnn seed 0: {reason}; it goes on in a new one"),
        events.RunFailed(run, reason),
    ]
    assert attempts_in(session) == [f"infrastructure: attempt 1, {reason}; tried again", reason]


@pytest.mark.processes
@pytest.mark.promise(
    "a worker is killed in the middle of its training",
    "another goes on from the last finished epoch to the same bits; both are in the ledger",
)
def test_worker_killed_in_the_middle_costs_nothing(tmp_path: Path) -> None:
    runs = tuple(make_run("basic_cnn", seed, tier=FIVE_EPOCHS) for seed in range(2))
    undisturbed = list(ProcessEngine().run(Plan(runs), make_session(tmp_path / "undisturbed")))
    session, killed = make_session(tmp_path / "killed"), list[int]()
    heard: list[events.Event] = []

    def listen(event: events.Event) -> None:
        heard.append(event)
        if isinstance(event, events.EpochFinished) and event.run == runs[0] and not killed:
            sign = sign_of(session.folder(runs[0]))
            killed.append(sign.process)
            os.kill(sign.process, signal.SIGKILL)

    records = list(ProcessEngine().run(Plan(runs), replace(session, listener=listen)))
    assert predictions(records) == predictions(undisturbed)
    assert {record.seed: record.attempts for record in records} == {0: 2, 1: 1}
    outcomes = [(e.key, e.outcome, e.reason) for e in session.store.ledger.entries()]
    lost = "infrastructure: attempt 1, its process ended with exit code -9; tried again"
    assert [one for one in outcomes if one[0] == runs[0].key] == [
        (runs[0].key, "failed", lost),
        (runs[0].key, "recorded", ""),
    ]
    assert [len(event.history) for event in heard if isinstance(event, events.RunContinued)] >= [1]


@pytest.mark.processes
@pytest.mark.parametrize("ending", [die_after_the_last_word, never_end_after_the_last_word])
@pytest.mark.promise(
    "a worker dies or hangs after its record is written", "the run is done; nothing waits for it"
)
def test_worker_that_is_lost_after_its_record_is_not_replaced(
    ending: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "work", ending)
    monkeypatch.setattr(processes, "_EXIT_SECONDS", 0.5)
    session, run = make_session(tmp_path), make_run("basic_cnn")
    assert [one.key for one in ProcessEngine().run(Plan((run,)), session)] == [run.key]
    assert [entry.outcome for entry in session.store.ledger.entries()] == ["recorded"]


@pytest.mark.processes
@pytest.mark.promise("a run throws beside others", "they are recorded; it has its reason")
def test_run_that_fails_beside_others_stops_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "work", throw_for_seed_0)
    session = make_session(tmp_path)
    runs = tuple(make_run("basic_cnn", seed) for seed in range(2))
    assert [one.seed for one in ProcessEngine().run(Plan(runs), session)] == [1]
    outcomes = {
        entry.key: (entry.outcome, entry.reason) for entry in session.store.ledger.entries()
    }
    assert outcomes == {runs[0].key: ("failed", "loss is NaN"), runs[1].key: ("recorded", "")}


@pytest.mark.processes
@pytest.mark.promise("a run throws", "it has failed with its reason; the others go on")
def test_run_that_fails_by_itself_is_not_tried_again_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "work", diverge)
    session = make_session(tmp_path)
    runs = tuple(make_run("basic_cnn", seed) for seed in range(2))
    assert list(ProcessEngine().run(Plan(runs), session)) == []
    assert attempts_in(session) == ["loss is NaN", "loss is NaN"]


@pytest.mark.processes
@pytest.mark.promise("a worker runs out of memory", "its run is tried once more")
def test_run_out_of_memory_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "work", run_out_of_memory)
    session = make_session(tmp_path)
    assert list(ProcessEngine().run(Plan((make_run("basic_cnn"),)), session)) == []
    reason = "out of memory: MemoryError"
    assert attempts_in(session) == [f"infrastructure: attempt 1, {reason}; tried again", reason]


@pytest.mark.parametrize(("cores", "kept"), [(1, 1), (2, 2), (4, 3), (9, 5)])
@pytest.mark.promise("a run that was out of memory is tried again", "with half as many beside it")
def test_run_out_of_memory_gets_half_the_neighbours(tmp_path: Path, cores: int, kept: int) -> None:
    pool, run = processes._Pool(make_session(tmp_path)), make_run("basic_cnn")
    pool._all = tuple(range(cores))
    step = Step(run, asked=True, needed=False)
    assert pool._kept_for(step) == 1
    pool._short_of_memory.add(run.key)
    assert pool._kept_for(step) == kept


@pytest.mark.parametrize(
    ("error", "memory"),
    [
        (MemoryError(), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 5 bytes"), True),
        (RuntimeError("loss is NaN"), False),
    ],
)
def test_want_of_memory_is_told_from_other_errors(error: Exception, memory: bool) -> None:
    assert is_out_of_memory(error) is memory


def test_worker_sets_memory_variables_before_any_framework() -> None:
    code = (
        "import sys, os; import bench.engines.worker as w; "
        "print(sorted({'keras', 'jax', 'tensorflow', 'torch'} & set(sys.modules))); "
        "w.grow_device_memory(); print(os.environ['XLA_PYTHON_CLIENT_PREALLOCATE'], "
        "os.environ['TF_FORCE_GPU_ALLOW_GROWTH'])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[:2] == ["[]", "false true"]


@pytest.mark.processes
@pytest.mark.promise(
    "a run takes longer than `--timeout`",
    "it is ended and has failed; the others go on",
)
def test_run_that_takes_too_long_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[events.Event] = []
    monkeypatch.setattr(processes, "work", sleep)
    session = make_session(tmp_path, listener=heard.append, timeout=1.0)
    run = make_run("basic_cnn")
    assert list(ProcessEngine().run(Plan((run,)), session)) == []
    reason = "it took longer than 1 s"
    assert heard == [
        events.Note(f"basic_cnn seed 0: {reason}; it goes on in a new one"),
        events.RunFailed(run, reason),
    ]
    assert attempts_in(session) == [f"infrastructure: attempt 1, {reason}; tried again", reason]


@pytest.mark.processes
@pytest.mark.promise("a worker finds bad input", "the plan ends in one line")
def test_bad_input_ends_the_plan_in_one_line(tmp_path: Path) -> None:
    run = replace(make_run("basic_cnn"), fingerprint="0" * 64)
    with pytest.raises(BenchError, match="give the same images with --data-dir"):
        list(ProcessEngine().run(Plan((run,)), make_session(tmp_path)))


@pytest.mark.processes
@pytest.mark.promise("the network of a forest fails", "the forest fails with that reason")
def test_forest_fails_with_its_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[events.Event] = []
    monkeypatch.setattr(processes, "work", kill_itself)
    session = make_session(tmp_path, listener=heard.append)
    assert list(ProcessEngine().run(Plan((make_run("vgg19_96_forest"),)), session)) == []
    failed = [event for event in heard if isinstance(event, events.RunFailed)]
    assert [(event.run.approach, event.reason) for event in failed] == [
        ("vgg19_96_head", "its process ended with exit code -9"),
        ("vgg19_96_forest", "its network vgg19_96_head seed 0 failed"),
    ]


@pytest.mark.processes
@pytest.mark.promise("runs are shared out among processes in another way", "the same bits")
def test_same_key_gives_the_same_bits_in_any_layout_of_processes(tmp_path: Path) -> None:
    planned = plan(Request("smoke", ("basic_cnn",), seeds=2), installed_approaches())

    def run(folder: str, workers: int, *seeds: int) -> dict[int, RunRecord]:
        session = Session(RunStore(tmp_path / folder), workers=workers)
        some = replace(planned, runs=tuple(planned.runs[seed] for seed in seeds))
        return {record.seed: record for record in ProcessEngine().run(some, session)}

    together, in_turn, alone = run("a", 2, 0, 1), run("b", 1, 0, 1), run("c", 1, 1)
    for record, other in (
        (together[0], in_turn[0]),
        (together[1], in_turn[1]),
        (together[1], alone[1]),
    ):
        assert record.key == other.key
        assert [epoch.loss for epoch in record.history] == [epoch.loss for epoch in other.history]
        assert record.predictions_sha256 == other.predictions_sha256
