"""Between a run and its tracker: everything arrives, and nothing comes back."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench.engines.session import Session
from bench.engines.unit import do_run
from bench.progress import events
from bench.records.record import EpochPart, RunRecord
from bench.records.store import RECORD, RunStore
from bench.trackers.cards import card_of_record, card_of_run, epoch_metrics, final_scores
from bench.trackers.listener import TrackerListener
from bench.trackers.recorded import import_records
from tests.support.factories import make_record, write_run
from tests.support.fake_tracker import FakeTracker, Fault, fail, hang, leave
from tests.support.tiny import make_run, make_session, register

pytestmark = pytest.mark.usefixtures("eager")

EPOCH = EpochPart(loss=2, accuracy=0.5, validation_loss=None, validation_accuracy=None, seconds=1)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return make_session(tmp_path)


class Told:
    """A listener over a fake tracker, and the warnings that the user saw."""

    def __init__(self, tracker: FakeTracker, store: RunStore, **options: float) -> None:
        self.warnings: list[str] = []
        self.listener = TrackerListener("fake", tracker, store, self.warnings.append, **options)

    def run(self, session: Session) -> RunRecord:
        return do_run(make_run(), replace(session, listener=self.listener))


def one_run() -> tuple[events.Event, ...]:
    """All that a run of one epoch says; its record is made up."""
    run = make_run()
    record = make_record(key=run.key, approach="tiny", epochs=0)
    record = record.model_copy(update={"history": (EPOCH,)})
    return (
        events.RunStarted(run),
        events.FeaturesProgress(run, 1, 2),
        events.EpochFinished(run, 1, EPOCH),
        events.RunFinished(run, record, found=False),
    )


def follow(tracker: FakeTracker, session: Session, *said: events.Event, **options) -> list[str]:
    told = Told(tracker, session.store, **options)
    for event in said:
        told.listener(event)
    told.listener.close()
    return told.warnings


def test_run_arrives_as_it_is_recorded(session: Session) -> None:
    tracker = FakeTracker()
    told = Told(tracker, session.store)
    record = told.run(session)
    told.listener.close()
    logged = tracker.runs[record.key]
    assert logged.card == card_of_record(record)
    assert logged.values == logged.card.parameters
    assert list(logged.epochs.values()) == [epoch_metrics(epoch) for epoch in record.history]
    assert logged.scores == final_scores(record)
    assert [session.store.read(path.parent) for path in logged.files] == [record]
    assert tracker.calls.count("start") == 1
    assert told.warnings == []


def test_run_found_is_logged_once(session: Session) -> None:
    do_run(make_run(), session)
    tracker = FakeTracker()
    for _ in range(2):
        told = Told(tracker, session.store)
        record = told.run(session)
        told.listener.close()
    assert tracker.calls.count("start") == 1
    assert len(tracker.runs[record.key].epochs) == len(record.history)


def test_stopped_run_goes_on_with_the_epochs_that_it_has(session: Session) -> None:
    def stop(event: events.Event) -> None:
        if isinstance(event, events.EpochFinished):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do_run(make_run(), replace(session, listener=stop))
    tracker = FakeTracker()
    told = Told(tracker, session.store)
    record = told.run(session)
    told.listener.close()
    assert list(tracker.runs[record.key].epochs) == [1, 2]
    assert tracker.calls.count("start") == 1


def test_run_that_does_not_end_is_closed(session: Session) -> None:
    tracker = FakeTracker()
    follow(tracker, session, *one_run()[:-1])
    assert [run.state for run in tracker.runs.values()] == ["abandoned"]


def test_epochs_of_a_network_trained_again_for_its_forest_are_not_logged(
    session: Session,
) -> None:
    tracker = FakeTracker()
    follow(tracker, session, one_run()[2])
    assert tracker.calls == []


@pytest.mark.parametrize("fault", [fail, leave])
@pytest.mark.parametrize("where", ["start", "parameters", "metrics", "artefact", "finish"])
@pytest.mark.promise("a tracker throws", "one warning; the run goes on")
def test_failing_tracker_is_told_no_more_and_warned_of_once(
    session: Session, where: str, fault: Fault
) -> None:
    tracker = FakeTracker(where, fault)
    warnings = follow(tracker, session, *2 * one_run())
    assert tracker.calls.count(where) == 1
    assert tracker.calls[-1] == where
    assert len(warnings) == 1
    assert warnings[0].startswith("tracker fake is off from here on (")
    assert "`bench track --tracker fake`" in warnings[0]
    assert "\n" not in warnings[0]


@pytest.mark.parametrize("where", ["logged", "abandon"])
def test_tracker_that_fails_at_the_end_is_warned_of_once(session: Session, where: str) -> None:
    started, _, epoch, finished = one_run()
    said = (started, epoch) if where == "abandon" else (finished,)
    assert len(follow(FakeTracker(where), session, *said)) == 1


@pytest.mark.parametrize(
    "where", ["start", "parameters", "metrics", "artefact", "finish", "abandon"]
)
@pytest.mark.promise("a tracker hangs", "not waited for")
def test_hanging_tracker_is_not_waited_for(session: Session, where: str) -> None:
    started, _, epoch, finished = one_run()
    said = (started, epoch) if where == "abandon" else (started, epoch, finished)
    warnings = follow(FakeTracker(where, hang), session, *said, patience=0.1)
    assert len(warnings) == 1
    assert "it has not answered for 0.1 s" in warnings[0]


@pytest.mark.promise("a tracker hangs through a long run", "memory stays bounded")
def test_hanging_tracker_does_not_fill_the_memory(session: Session) -> None:
    said = 50 * one_run()
    warnings = follow(FakeTracker("start", hang), session, *said, patience=0.1, capacity=3)
    assert len(warnings) == 1
    assert "it does not keep up" in warnings[0]


def test_slow_tracker_gets_everything(session: Session) -> None:
    tracker = FakeTracker("metrics", lambda: time.sleep(0.05))
    assert follow(tracker, session, *one_run()) == []
    assert tracker.calls[-1] == "finish"


@pytest.mark.parametrize("fault", [fail, hang])
@pytest.mark.promise("a tracker does anything", "the record is the same")
def test_record_is_the_same_whatever_the_tracker_does(session: Session, fault: Fault) -> None:
    def result(record: RunRecord) -> tuple[object, ...]:
        return record.key, record.test, record.train, [epoch.loss for epoch in record.history]

    alone = do_run(make_run(), session)
    told = Told(FakeTracker("metrics", fault), session.store, patience=0.1)
    followed = told.run(replace(session, rerun=True))
    told.listener.close()
    assert result(followed) == result(alone)
    assert session.store.read(session.folder(make_run())) == followed
    assert len(told.warnings) == 1


def test_card_of_a_run_is_the_card_of_its_record(session: Session) -> None:
    run = make_run()
    assert card_of_run(run) == card_of_record(do_run(run, session))


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
