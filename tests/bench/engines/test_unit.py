"""A run: recorded once, found again, continued after a stop, and honest about what it lacks."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from bench.approaches.approach import Approach
from bench.approaches.recipes import ForestRecipe
from bench.engines.session import Session
from bench.engines.steps import perform, steps_of
from bench.engines.unit import dataset_for, do_run, weights_for
from bench.errors import BenchError
from bench.inputs.splits import read_inputs
from bench.planning.plan import Plan
from bench.planning.run_spec import RunSpec, WeightsIdentity
from bench.progress import events
from bench.records.record import RunRecord
from bench.records.store import CHECKPOINT, WEIGHTS, RunStore
from bench.verification.record_checks import check_record
from datasets import load_dataset
from tests.support.tiny import NETWORK, make_run, make_session, register

pytestmark = pytest.mark.usefixtures("eager")

FOREST = Approach(
    name="tiny_forest",
    title="A forest on a layer that must be trained first",
    model="tiny",
    recipe=ForestRecipe(base="tiny", features="Flatten", trees=3),
)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that costs next to nothing joins the registry."""
    register(monkeypatch)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return make_session(tmp_path)


def carry_out(run: RunSpec, session: Session) -> list[RunRecord]:
    done = [perform(step, session) for step in steps_of(Plan((run,)), session)]
    return [record for record in done if record is not None]


def test_finished_run_is_found_and_not_repeated(session: Session) -> None:
    heard: list[events.Event] = []
    run = make_run()
    first = do_run(run, session)
    again = do_run(run, dataclasses.replace(session, listener=heard.append))
    assert again == first
    assert heard == [events.RunFinished(run, first, found=True)]


def test_run_is_found_in_another_store_too(session: Session, tmp_path: Path) -> None:
    first = do_run(make_run(), session)
    mine = RunStore(tmp_path / "mine", also=(session.store.root,))
    assert do_run(make_run(), dataclasses.replace(session, store=mine)) == first
    assert not list((tmp_path / "mine").rglob("record.json"))


def test_run_of_a_collection_is_listed_in_the_ledger_beside_it(session: Session) -> None:
    do_run(dataclasses.replace(make_run(), collection="ablations"), session)
    own = session.store.collection("ablations")
    (entry,) = own.ledger.entries()
    assert (own.root / entry.place / "record.json").is_file()
    assert not session.store.ledger.entries()


def test_rerun_repeats_a_run(session: Session) -> None:
    first = do_run(make_run(), session)
    again = do_run(make_run(), dataclasses.replace(session, rerun=True))
    assert again.test == first.test
    assert again.timings != first.timings


@pytest.mark.promise("a run is stopped between two epochs", "it goes on from the last finished one")
def test_stopped_run_goes_on_from_its_last_epoch(session: Session) -> None:
    def stop(event: events.Event) -> None:
        if isinstance(event, events.EpochFinished):
            raise KeyboardInterrupt

    run = make_run()
    with pytest.raises(KeyboardInterrupt):
        do_run(run, dataclasses.replace(session, listener=stop))
    folder = session.folder(run)
    assert (folder / CHECKPOINT).exists()
    assert session.find(run) is None
    heard: list[events.Event] = []
    stopped = do_run(run, dataclasses.replace(session, listener=heard.append))
    assert [e.epoch for e in heard if isinstance(e, events.EpochFinished)] == [2]
    assert not (folder / CHECKPOINT).exists()
    elsewhere = RunStore(session.store.root / "whole")
    assert stopped.test == do_run(run, dataclasses.replace(session, store=elsewhere)).test


def test_forest_trains_its_network_where_only_the_record_is_at_hand(session: Session) -> None:
    forest, base = make_run(FOREST), make_run()
    [first] = carry_out(forest, session)
    record = (session.folder(base) / "record.json").read_bytes()
    (session.folder(base) / WEIGHTS).unlink()
    [again] = carry_out(forest, dataclasses.replace(session, rerun=True))
    assert (session.folder(base) / "record.json").read_bytes() == record
    assert again.test == first.test
    assert first.recipe["network"] == json.loads(record)["recipe"]


def test_network_that_is_not_needed_is_not_trained(session: Session) -> None:
    carry_out(make_run(FOREST), session)
    (session.folder(make_run()) / WEIGHTS).unlink()
    steps = list(steps_of(Plan((make_run(FOREST),)), session))
    assert [(step.run.approach, step.asked, step.needed) for step in steps] == [
        ("tiny_forest", True, False)
    ]


def test_approaches_are_scored_on_the_same_images(session: Session) -> None:
    dataset = load_dataset("shapes100", per_class=(1, 1))
    tests = [
        read_inputs(make_run(name, seed), dataset, None, session.cache).test_index
        for name, seed in (("basic_cnn", 0), ("improved_cnn_augmented", 3))
    ]
    np.testing.assert_array_equal(*tests)


def test_splits_of_the_data_are_disjoint_and_labelled_right(session: Session) -> None:
    dataset = load_dataset("shapes100", per_class=(1, 1))
    inputs = read_inputs(make_run(), dataset, None, session.cache)
    samples = np.concatenate(
        [p.samples.take(np.arange(len(p))) for p in (inputs.train, inputs.validation)]
    )
    labels = np.concatenate([inputs.train.labels, inputs.validation.labels])
    assert (len(inputs.train), len(inputs.validation), len(inputs.test)) == (80, 20, 100)
    np.testing.assert_array_equal(samples, dataset.train.images)
    np.testing.assert_array_equal(labels, dataset.train.fine)


def test_backbone_without_weights_is_named(session: Session) -> None:
    run = dataclasses.replace(make_run("vgg19_linear"), weights=None)
    with pytest.raises(BenchError, match="'vgg19_linear' needs VGG-19's ImageNet weights"):
        do_run(run, session)


@pytest.mark.promise("the images are not those that were planned", "refused in one line")
def test_other_images_than_planned_are_refused(session: Session) -> None:
    run = dataclasses.replace(make_run(), fingerprint="0" * 64)
    with pytest.raises(BenchError, match="planned for 000000000000; give the same images"):
        dataset_for(run, session.sources)


@pytest.mark.promise("the weights are not those that were planned", "refused in one line")
def test_other_weights_than_planned_are_refused(session: Session) -> None:
    planned = WeightsIdentity("imagenet", "the real ones", "1" * 64)
    run = dataclasses.replace(make_run("vgg19_linear"), weights=planned)
    with pytest.raises(BenchError, match=r"planned for \(the real ones\); give the same file"):
        weights_for(run, session.sources)


@pytest.mark.promise("the record of a planned run is damaged", "said in one line")
def test_damaged_record_stops_nothing_silently(session: Session) -> None:
    do_run(make_run(NETWORK), session)
    (session.folder(make_run()) / "record.json").write_text("{")
    with pytest.raises(BenchError, match="is damaged"):
        do_run(make_run(), session)


def test_clock_that_is_set_back_during_a_run_leaves_a_sound_record(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(["2026-03-01T12:00:00+00:00", *["2026-02-27T12:00:00+00:00"] * 9])
    monkeypatch.setattr("bench.engines.unit.now", lambda: next(times))
    record = do_run(make_run(), session)
    assert record.started == "2026-03-01T12:00:00+00:00"
    # As long after it as the run took: a minute at the most, which is a thousand times what it is.
    assert "2026-03-01T12:00:00+00:00" <= record.finished < "2026-03-01T13:00:00+00:00"
    found = [finding.what for finding in check_record(record, {}, None)]
    assert not [what for what in found if "started" in what or "timings" in what]
