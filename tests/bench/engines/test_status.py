"""Where runs stand, told from files alone."""

import json
import os
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.engines.jobs import remove_done, waiting_keys, write_jobs
from bench.engines.presence import FILE, SILENT_SECONDS, present, sign_of
from bench.engines.session import Session
from bench.engines.status import counts, status_of
from bench.engines.steps import Step
from bench.errors import BenchError
from bench.planning.run_spec import RunSpec
from bench.records.store import CHECKPOINT
from tests.support.factories import make_predictions, make_record
from tests.support.tiny import make_run, make_session


def planned(session: Session, *runs: RunSpec) -> list[Path]:
    write_jobs([Step(run, asked=True, needed=False) for run in runs], session)
    folders = [session.folder(run) for run in runs]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    return folders


def state(session: Session) -> dict[int, tuple[str, int | None]]:
    return {one.seed: (one.state, one.epoch) for one in status_of(session.store.root)}


def finish(session: Session, run: RunSpec) -> None:
    record = make_record(key=run.key, approach=run.approach, seed=run.seed)
    session.store.write(session.folder(run), record, make_predictions())


def test_matrix_of_every_state(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    runs = [make_run("basic_cnn", seed) for seed in range(4)]
    folders = planned(session, *runs)
    finish(session, runs[1])
    session.store.fail(folders[2], started="2026-01-01", commit=None, reason="loss is NaN")
    history = json.dumps([{"loss": 1.0}] * 3)
    np.savez(folders[3] / CHECKPOINT, history=np.array(history))
    with present(folders[3], 1):
        found = status_of(session.store.root)
    assert [(one.seed, one.state) for one in found] == [
        (0, "waiting"),
        (1, "finished"),
        (2, "failed"),
        (3, "running"),
    ]
    assert found[2].detail == "loss is NaN"
    assert (found[3].epoch, found[3].epochs) == (3, 1 if runs[3].epochs == 1 else 2)
    assert socket.gethostname() in found[3].detail
    assert counts(found) == {"waiting": 1, "running": 1, "finished": 1, "failed": 1}


def test_attempt_that_was_lost_and_is_tried_again_is_no_failure(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    (folder,) = planned(session, make_run("basic_cnn"))
    session.store.fail(folder, started="2026-01-01", commit=None, reason="infrastructure: lost")
    assert state(session) == {0: ("waiting", None)}


def test_run_that_is_planned_again_after_its_failure_waits(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    (folder,) = planned(session, make_run("basic_cnn"))
    session.store.fail(folder, started="2026-01-01", commit=None, reason="loss is NaN")
    assert state(session) == {0: ("failed", None)}
    (job,) = (session.store.root / "plans").glob("*.json")
    later = job.stat().st_mtime + 5
    os.utime(job, (later, later))
    assert state(session) == {0: ("waiting", None)}


@pytest.mark.promise("the process of a run dies without a word", "its state says so")
def test_process_that_died_or_is_silent_does_not_run(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    (folder,) = planned(session, make_run("basic_cnn"))
    path = folder / FILE
    path.write_text(json.dumps({"host": "elsewhere", "process": 1, "attempt": 1}))
    assert state(session) == {0: ("running", None)}
    before = path.stat().st_mtime - SILENT_SECONDS - 1
    os.utime(path, (before, before))
    assert state(session) == {0: ("waiting", None)}
    gone = {"host": socket.gethostname(), "process": 2**22 + 1, "attempt": 1}
    path.write_text(json.dumps(gone))
    assert state(session) == {0: ("waiting", None)}


def test_sign_of_life_ends_with_the_run(tmp_path: Path) -> None:
    with present(tmp_path, 2):
        sign = sign_of(tmp_path)
        assert sign is not None
        assert (sign.process, sign.attempt) == (os.getpid(), 2)
    assert sign_of(tmp_path) is None


def test_jobs_of_finished_runs_are_forgotten(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    runs = [make_run("basic_cnn", seed) for seed in range(2)]
    planned(session, *runs)
    finish(session, runs[0])
    assert remove_done(session.store) == 1
    assert waiting_keys(session.store) == [runs[1].key]


def test_damaged_job_is_named(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    planned(session, make_run("basic_cnn"))
    (job,) = (session.store.root / "plans").glob("*.json")
    job.write_text("{}")
    with pytest.raises(BenchError, match=f"{job.name} is damaged"):
        status_of(session.store.root)


def test_runs_of_a_collection_are_listed(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    planned(session, replace(make_run("basic_cnn"), collection="ablations"))
    (one,) = status_of(session.store.root)
    assert one.place.startswith("ablations/runs/")
