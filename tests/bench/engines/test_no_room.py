"""A limit on the size of files ends a run in one line; without it the same result is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.engines.session import Session
from bench.engines.unit import do_run
from bench.errors import BenchError
from bench.planning.run_spec import RunSpec
from bench.records.ledger import breaks
from bench.records.store import CHECKPOINT, PREDICTIONS, RECORD
from bench.system.files import sha256_of
from tests.support.file_limits import files_of_at_most
from tests.support.tiny import make_run, make_session, register

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("eager")]


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def scores(session: Session, run: RunSpec) -> tuple:
    record = do_run(run, session)
    folder = session.folder(run)
    assert not (folder / CHECKPOINT).exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert [entry.outcome for entry in session.store.ledger.entries()] == ["recorded"]
    assert session.store.ledger.entries()[0].record == sha256_of(folder / RECORD)
    assert breaks(session.store.ledger.entries()) == []
    losses = tuple((epoch.loss, epoch.accuracy) for epoch in record.history)
    return record.test, losses, sha256_of(folder / PREDICTIONS)


@pytest.mark.parametrize("size", [0, 100, 700, 3_000, 10_000])
def test_run_goes_on_when_files_may_be_large_again(tmp_path: Path, size: int) -> None:
    run, whole = make_run(), make_session(tmp_path / "whole")
    expected = scores(whole, run)
    session = make_session(tmp_path / "limited", cache=whole.cache)
    with pytest.raises(BenchError, match="File too large") as refused, files_of_at_most(size):
        do_run(run, session)
    assert len(str(refused.value).splitlines()) == 1
    session.store.repair()
    assert scores(session, run) == expected
