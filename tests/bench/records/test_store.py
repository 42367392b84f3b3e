"""Nothing that was measured is lost, whatever is interrupted, damaged or done again."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor

import pytest

import bench.system.files as files
from bench.errors import BenchError
from bench.records.keeping import Keeping
from bench.records.ledger import breaks
from bench.records.migration import adopt, key_of, migrate
from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.system.files import sha256_of
from tests.support.factories import make_predictions, make_record, write_run


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "results")


def outcomes(store):
    return [entry.outcome for entry in store.ledger.entries()]


def test_a_finished_run_is_listed_with_its_hashes_and_provenance(store):
    folder = write_run(store, seed=3, started="2026-01-02T00:00:00+00:00")
    (entry,) = store.ledger.entries()
    assert entry.record == sha256_of(folder / RECORD)
    assert entry.predictions == sha256_of(folder / PREDICTIONS)
    assert store.root / entry.place == folder
    assert (entry.outcome, entry.started) == ("recorded", "2026-01-02T00:00:00+00:00")
    assert entry.commit == "0123456789abcdef"
    assert [path.name for path in folder.iterdir()] != []
    assert {path.name for path in folder.iterdir()} == {RECORD, PREDICTIONS}


class Killed(BaseException):
    """As a SIGKILL: nothing may catch it."""


def kill_at(monkeypatch, number):
    """Die right before the file that is written as `number`-th, from 0, takes its place."""
    written, really = iter(range(100)), files.Path.replace

    def replaced(self, target):
        if next(written) == number:
            raise Killed
        return really(self, target)

    monkeypatch.setattr(files.Path, "replace", replaced)


# Predictions, mark, draft, record, ledger.
@pytest.mark.parametrize(("number", "recorded"), [*((n, False) for n in range(4)), (4, True)])
@pytest.mark.promise(
    "a kill at any write of a record and its ledger entry",
    "the next start finishes or drops it; nothing is listed twice",
)
def test_a_crash_at_any_write_is_repaired(store, monkeypatch, number, recorded):
    write_run(store, seed=0)
    with monkeypatch.context() as patch:
        kill_at(patch, number)
        with pytest.raises(Killed):
            write_run(store, seed=1)
    store.repair()
    assert len(list(store.runs())) == len(store.ledger.entries()) == 1 + recorded
    if not recorded:
        write_run(store, seed=1)
    assert outcomes(store) == ["recorded", "recorded"]
    assert breaks(store.ledger.entries()) == []
    assert not list(store.root.rglob("ledger-entry.json"))


def test_the_next_write_repairs_too(store, monkeypatch):
    with monkeypatch.context() as patch:
        kill_at(patch, 4)
        with pytest.raises(Killed):
            write_run(store, seed=0)
    write_run(store, seed=1)
    assert [entry.place[-1] for entry in store.ledger.entries()] == ["0", "1"]


def test_a_write_looks_for_no_crash_where_none_was(store, monkeypatch):
    write_run(store, seed=0)
    monkeypatch.setattr(Keeping, "repair", None)
    write_run(store, seed=1)
    assert [path.name for path in store.root.iterdir() if path.suffix == ".unfinished"] == []


def test_a_draft_whose_entry_is_there_is_dropped(store):
    folder = write_run(store)
    entry = store.ledger.entries()[0]
    plain = {name: getattr(entry, name) for name in type(entry).__mro__[1].model_fields}
    (folder / "ledger-entry.json").write_text(json.dumps(plain))
    store.repair()
    assert outcomes(store) == ["recorded"]
    assert not (folder / "ledger-entry.json").exists()


def test_a_draft_whose_record_is_another_is_dropped(store):
    folder = write_run(store)
    entry = store.ledger.entries()[0]
    plain = {name: getattr(entry, name) for name in type(entry).__mro__[1].model_fields}
    (folder / "ledger-entry.json").write_text(json.dumps(plain | {"record": "0" * 64}))
    store.repair()
    assert outcomes(store) == ["recorded"]
    assert not (folder / "ledger-entry.json").exists()


@pytest.mark.promise(
    "a recorded run is done again",
    "the earlier record and predictions stay, set aside as a pair",
)
def test_what_is_done_again_is_set_aside_whole(store):
    folder = write_run(store, 0.4)
    before = (folder / RECORD).read_bytes(), (folder / PREDICTIONS).read_bytes()
    assert write_run(store, 0.7) == folder
    ((found, record),) = store.runs()
    assert (found, record.test.accuracy) == (folder, 0.7)
    (aside,) = store.aside()
    assert ((aside.folder / RECORD).read_bytes(), (aside.folder / PREDICTIONS).read_bytes()) == (
        before
    )
    assert (aside.outcome, aside.reason) == ("superseded", "the same run was done again")
    assert outcomes(store) == ["recorded", "superseded", "recorded"]
    assert [record.test.accuracy for _, record in store.all_runs()] == [0.7, 0.4]


# Mark, ledger, predictions, record.
@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.promise("a kill while a run is set aside", "the move is finished, with its reason")
def test_setting_aside_is_finished_after_a_crash(store, monkeypatch, number):
    folder = write_run(store)
    with monkeypatch.context() as patch:
        kill_at(patch, number)
        with pytest.raises(Killed):
            store.set_aside(folder, "withdrawn", "trained on the wrong images")
    if number <= 1:
        store.set_aside(folder, "withdrawn", "trained on the wrong images")
    store.repair()
    assert list(store.runs()) == []
    assert not folder.exists()
    (aside,) = store.aside()
    assert aside.reason == "trained on the wrong images"
    assert store.predictions(aside.folder).label.size == 1000


@pytest.mark.promise("a run fails", "the ledger says why")
def test_a_failed_attempt_is_listed_with_its_reason(store):
    folder = write_run(store)
    store.fail(folder, started="2026-01-01", commit="abc", reason="diverged in epoch 3")
    entry = store.ledger.entries()[-1]
    assert (entry.outcome, entry.key, entry.record) == ("failed", "plain-tensorflow-cpu-0", None)
    assert entry.reason == "diverged in epoch 3"


@pytest.mark.promise(
    "four writers add records at the same time",
    "one chain of ledger entries, none lost",
)
def test_writers_side_by_side_keep_one_chain(store):
    def write(seed):
        write_run(store, n=100, seed=seed)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    assert len(store.ledger.entries()) == 12
    assert breaks(store.ledger.entries()) == []


@pytest.mark.promise("a record is damaged", "it is listed and left out; the others are read")
def test_a_damaged_record_is_left_out_and_listed_and_stops_no_other(store):
    damaged, sound = write_run(store, seed=0), write_run(store, seed=1)
    (damaged / RECORD).write_text("{")
    assert [folder for folder, _ in store.runs()] == [sound]
    (found,) = store.unreadable()
    assert found.folder == damaged
    assert str(damaged / RECORD) in found.reason


@pytest.mark.promise(
    "a damaged record is run again",
    "the new one takes its place, and the ledger says so",
)
def test_a_damaged_record_can_be_run_again(store):
    folder = write_run(store, 0.4)
    (folder / RECORD).write_text("{")
    write_run(store, 0.7)
    assert outcomes(store) == ["recorded", "recorded"]
    assert store.ledger.entries()[1].replaces == store.ledger.entries()[0].record


@pytest.mark.promise("the results folder cannot be written", "one line that says so")
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match="cannot write") as raised:
        write_run(RunStore(tmp_path / "file" / "results"))
    assert "\n" not in str(raised.value)


@pytest.mark.promise("a loss is NaN or infinite", "the record keeps it as it is")
def test_a_loss_that_is_not_a_number_stays_one(store):
    predictions = make_predictions()
    record = make_record(predictions)
    epochs = (record.history[0].model_copy(update={"loss": math.nan, "validation_loss": math.inf}),)
    folder = store.folder_of(record)
    store.write(folder, record.model_copy(update={"history": epochs}), predictions)
    (epoch,) = store.read(folder).history
    assert math.isnan(epoch.loss)
    assert epoch.validation_loss == math.inf


def aged(store, folder):
    """Take a record back to schema 2."""
    plain = json.loads((folder / RECORD).read_text())
    plain["schema_version"] = 2
    for name in ("protocol", "finished", "attempts", "readings", "allow_dirty"):
        del plain[name]
    del plain["environment"]["threads"]
    (folder / RECORD).write_text(json.dumps(plain))


def test_old_records_are_brought_up_and_adopted_once(store):
    folder = write_run(store)
    aged(store, folder)
    store.ledger.path.unlink()
    (moved,) = migrate(store)
    (entry,) = adopt(store)
    assert migrate(store) == adopt(store) == []
    record = store.read(moved.after)
    assert moved.after.name == f"seed0-{key_of(record)}"
    assert (entry.outcome, entry.record) == ("adopted", sha256_of(moved.after / RECORD))
    assert json.loads((moved.after / RECORD).read_text())["schema_version"] == 3


def test_a_listed_record_that_is_brought_up_stays_listed(store):
    folder = write_run(store)
    before = store.ledger.entries()[0].record
    (moved,) = migrate(store)
    assert adopt(store) == []
    last = store.ledger.entries()[-1]
    assert (last.outcome, last.replaces) == ("migrated", before)
    assert (store.root / last.place, store.root / last.origin) == (moved.after, folder)
