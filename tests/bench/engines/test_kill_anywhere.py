"""A run that is killed between any two steps on the disk goes on to the same bits."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from pathlib import Path

import pytest

from bench.engines.unit import do_run
from bench.records.ledger import breaks
from bench.records.record import RunRecord
from bench.records.store import CHECKPOINT, PREDICTIONS, RECORD
from bench.system.files import sha256_of
from tests.support.dying import Killed, dying_after
from tests.support.tiny import make_run, make_session, register

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("eager")]


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def result_of(record: RunRecord, folder: Path) -> dict:
    """All of a run that does not tell the time."""
    plain = record.model_dump(
        include={"key", "train", "validation", "test", "per_class_accuracy", "best_epoch"}
    )
    epochs = [epoch.model_dump(exclude={"seconds"}) for epoch in record.history]
    return plain | {"epochs": epochs, "predictions": sha256_of(folder / PREDICTIONS)}


@pytest.mark.promise(
    "a run is killed between any two steps on the disk",
    "it goes on to the same bits, repeats no finished run and at most one epoch",
)
def test_same_bits_whatever_the_step_that_it_is_killed_before(tmp_path: Path) -> None:
    run = make_run()
    whole = make_session(tmp_path / "whole")
    with dying_after(None) as counted:
        expected = result_of(do_run(run, whole), whole.folder(run))
    assert {"fsync", "mkstemp", "replace", "unlink"} <= set(counted.names)
    cache = whole.cache
    for last in range(len(counted.names)):
        session = make_session(tmp_path / str(last), cache=cache)
        epochs: list[int] = []
        listening = dataclasses.replace(session, listener=lambda e, s=epochs: _hear(e, s))
        with suppress(Killed), dying_after(last):
            do_run(run, listening)
        killed_after = list(epochs)
        record = do_run(run, listening)
        folder = session.folder(run)
        where = f"killed after {last} steps: {counted.names[:last][-1:]}"
        assert result_of(record, folder) == expected, where
        # At most the current epoch is done twice.
        assert len(epochs) <= len(record.history) + 1, (where, killed_after, epochs)
        session.store.repair()
        entries = session.store.ledger.entries()
        assert [entry.outcome for entry in entries] == ["recorded"], where
        assert entries[0].record == sha256_of(folder / RECORD), where
        assert breaks(entries) == [], where
        assert not (folder / CHECKPOINT).exists(), where


@pytest.mark.promise(
    "a rerun is killed between any two steps on the disk",
    "record and predictions are the old pair or the new one",
)
def test_a_rerun_that_is_killed_leaves_the_old_pair_or_the_new_one(tmp_path: Path) -> None:
    run = make_run()
    session = make_session(tmp_path)
    do_run(run, session)
    again = dataclasses.replace(session, rerun=True)
    with dying_after(None) as counted:
        do_run(run, again)
    for last in range(len(counted.names)):
        with suppress(Killed), dying_after(last):
            do_run(run, again)
        session.store.repair()
        for folder, record in session.store.runs():
            assert record.predictions_sha256 == sha256_of(folder / PREDICTIONS), counted.names[last]
        for aside in session.store.aside():
            assert aside.record.predictions_sha256 == sha256_of(aside.folder / PREDICTIONS)
        assert breaks(session.store.ledger.entries()) == []


def _hear(event: object, epochs: list[int]) -> None:
    if type(event).__name__ == "EpochFinished":
        epochs.append(event.epoch)  # type: ignore[attr-defined]
