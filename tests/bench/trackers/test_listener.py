"""Between a run and its tracker: everything arrives, and nothing comes back."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench.engines.trial import run_trial
from bench.planning.runs import Run, RunContext
from bench.progress import events
from bench.records.record import EpochPart, RunRecord
from bench.records.store import RECORD, RunStore
from bench.trackers.cards import card_of_record, card_of_run, epoch_metrics, final_scores
from bench.trackers.listener import TrackerListener
from bench.trackers.recorded import import_records
from tests.support.factories import make_record, write_run
from tests.support.fake_tracker import FakeTracker, Fault, fail, hang, leave
from tests.support.tiny import NETWORK, make_context, register

pytestmark = [pytest.mark.smoke, pytest.mark.usefixtures("eager")]

EPOCH = EpochPart(loss=2, accuracy=0.5, validation_loss=None, validation_accuracy=None, seconds=1)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


@pytest.fixture
def context(tmp_path: Path) -> RunContext:
    return make_context(tmp_path)


class Told:
    """A listener over a fake tracker, and the warnings that the user saw."""

    def __init__(self, tracker: FakeTracker, store: RunStore, **options: float) -> None:
        self.warnings: list[str] = []
        self.listener = TrackerListener("fake", tracker, store, self.warnings.append, **options)

    def run(self, context: RunContext) -> RunRecord:
        return run_trial(Run(NETWORK, 0, replace(context, listener=self.listener)))


def course_of(context: RunContext) -> tuple[events.Event, ...]:
    """All that a run of one epoch says; its record is made up."""
    run = Run(NETWORK, 0, context)
    record = make_record(key=run.key, approach="tiny", epochs=0)
    record = record.model_copy(update={"history": (EPOCH,)})
    return (
        events.RunStarted("tiny", 0, 1, run),
        events.FeaturesProgress("tiny", 1, 2),
        events.EpochFinished("tiny", 0, 1, 1, EPOCH),
        events.RunFinished(record, found=False),
    )


def follow(tracker: FakeTracker, context: RunContext, *said: events.Event, **options) -> list[str]:
    told = Told(tracker, context.store, **options)
    for event in said:
        told.listener(event)
    told.listener.close()
    return told.warnings


def test_run_arrives_as_it_is_recorded(context: RunContext) -> None:
    tracker = FakeTracker()
    told = Told(tracker, context.store)
    record = told.run(context)
    told.listener.close()
    logged = tracker.runs[record.key]
    assert logged.card == card_of_record(record)
    assert logged.values == logged.card.parameters
    assert list(logged.epochs.values()) == [epoch_metrics(epoch) for epoch in record.history]
    assert logged.scores == final_scores(record)
    assert [context.store.read(path.parent) for path in logged.files] == [record]
    assert tracker.calls.count("start") == 1
    assert told.warnings == []


def test_run_found_is_logged_once(context: RunContext) -> None:
    run_trial(Run(NETWORK, 0, context))
    tracker = FakeTracker()
    for _ in range(2):
        told = Told(tracker, context.store)
        record = told.run(context)
        told.listener.close()
    assert tracker.calls.count("start") == 1
    assert len(tracker.runs[record.key].epochs) == len(record.history)


def test_stopped_run_goes_on_with_the_epochs_that_it_has(context: RunContext) -> None:
    def stop(event: events.Event) -> None:
        if isinstance(event, events.EpochFinished):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(Run(NETWORK, 0, replace(context, listener=stop)))
    tracker = FakeTracker()
    told = Told(tracker, context.store)
    record = told.run(context)
    told.listener.close()
    assert list(tracker.runs[record.key].epochs) == [1, 2]
    assert tracker.calls.count("start") == 1


def test_run_that_does_not_end_is_closed(context: RunContext) -> None:
    tracker = FakeTracker()
    follow(tracker, context, *course_of(context)[:-1])
    assert [run.state for run in tracker.runs.values()] == ["abandoned"]


def test_epochs_of_a_network_trained_again_for_its_forest_are_not_logged(
    context: RunContext,
) -> None:
    tracker = FakeTracker()
    follow(tracker, context, course_of(context)[2])
    assert tracker.calls == []


@pytest.mark.parametrize("fault", [fail, leave])
@pytest.mark.parametrize("where", ["start", "parameters", "metrics", "artefact", "finish"])
def test_failing_tracker_is_told_no_more_and_warned_of_once(
    context: RunContext, where: str, fault: Fault
) -> None:
    tracker = FakeTracker(where, fault)
    warnings = follow(tracker, context, *2 * course_of(context))
    assert tracker.calls.count(where) == 1
    assert tracker.calls[-1] == where
    assert len(warnings) == 1
    assert warnings[0].startswith("tracker fake is off from here on (")
    assert "`bench track --tracker fake`" in warnings[0]
    assert "\n" not in warnings[0]


@pytest.mark.parametrize("where", ["logged", "abandon"])
def test_tracker_that_fails_at_the_end_is_warned_of_once(context: RunContext, where: str) -> None:
    started, _, epoch, finished = course_of(context)
    said = (started, epoch) if where == "abandon" else (finished,)
    assert len(follow(FakeTracker(where), context, *said)) == 1


@pytest.mark.parametrize(
    "where", ["start", "parameters", "metrics", "artefact", "finish", "abandon"]
)
def test_hanging_tracker_is_not_waited_for(context: RunContext, where: str) -> None:
    started, _, epoch, finished = course_of(context)
    said = (started, epoch) if where == "abandon" else (started, epoch, finished)
    warnings = follow(FakeTracker(where, hang), context, *said, patience=0.1)
    assert len(warnings) == 1
    assert "it has not answered for 0.1 s" in warnings[0]


def test_hanging_tracker_does_not_fill_the_memory(context: RunContext) -> None:
    said = 50 * course_of(context)
    warnings = follow(FakeTracker("start", hang), context, *said, patience=0.1, capacity=3)
    assert len(warnings) == 1
    assert "it does not keep up" in warnings[0]


def test_slow_tracker_gets_everything(context: RunContext) -> None:
    tracker = FakeTracker("metrics", lambda: time.sleep(0.05))
    assert follow(tracker, context, *course_of(context)) == []
    assert tracker.calls[-1] == "finish"


@pytest.mark.parametrize("fault", [fail, hang])
def test_record_is_the_same_whatever_the_tracker_does(context: RunContext, fault: Fault) -> None:
    def result(record: RunRecord) -> tuple[object, ...]:
        return record.key, record.test, record.train, [epoch.loss for epoch in record.history]

    alone = run_trial(Run(NETWORK, 0, context))
    told = Told(FakeTracker("metrics", fault), context.store, patience=0.1)
    followed = told.run(replace(context, rerun=True))
    told.listener.close()
    assert result(followed) == result(alone)
    assert context.store.read(Run(NETWORK, 0, context).folder) == followed
    assert len(told.warnings) == 1


def test_card_of_a_run_is_the_card_of_its_record(context: RunContext) -> None:
    run = Run(NETWORK, 0, context)
    assert card_of_run(run) == card_of_record(run_trial(run))


def test_records_are_imported_once_and_again_when_they_change(tmp_path: Path) -> None:
    store, tracker = RunStore(tmp_path), FakeTracker()
    write_run(store, 0.4, seed=0)
    write_run(store, 0.4, seed=1)
    assert import_records(store, tracker).new == 2
    assert import_records(store, tracker).new == 0
    folder = write_run(store, 0.5, seed=1)
    assert import_records(store, tracker).new == 1
    assert len(tracker.runs) == 2
    record = store.read(folder)
    assert record is not None
    logged = tracker.runs[record.key]
    assert logged.scores["test/accuracy"] == record.test.accuracy
    assert logged.files == [folder / RECORD]
