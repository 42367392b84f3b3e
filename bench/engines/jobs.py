"""Runs that wait to be done, as files: any process that sees the folder can do one by its key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.engines.session import Session
from bench.engines.steps import Step
from bench.errors import BenchError
from bench.progress import events
from bench.records.ledger import LEDGER
from bench.records.store import RunStore
from bench.system.files import write_text_atomically

FOLDER = "plans"


def write_jobs(steps: Iterable[Step], session: Session) -> list[str]:
    """Keep every step that is to be done as `plans/<key>.json`; gives their keys in order."""
    keys = []
    for step in steps:
        if step.needed or session.is_to_do(step.run):
            job = {"step": step.to_plain(), "session": session.to_plain()}
            path = _path(session.store, step.run.key)
            write_text_atomically(path, json.dumps(job, indent=1) + "\n")
            keys.append(step.run.key)
    return keys


def read_job(
    store: RunStore, key: str, listener: events.Listener = events.null_listener
) -> tuple[Step, Session]:
    """The step of this key, and how it is carried out.

    Raises:
        BenchError: there is no such job, or its file is damaged.
    """
    path = _path(store, key)
    try:
        job: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Step.from_plain(job["step"]), Session.from_plain(job["session"], listener)
    except FileNotFoundError:
        waiting = ", ".join(waiting_keys(store)) or "none"
        raise BenchError(
            f"no run {key!r} waits in {store.root}; plan it with `bench run`, waiting: {waiting}"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchError(f"{path} is damaged ({error}); delete it and plan again") from error


def remove_job(store: RunStore, key: str) -> None:
    """Forget a job that is done."""
    _path(store, key).unlink(missing_ok=True)


def remove_done(store: RunStore) -> int:
    """Forget every job whose record is there; says how many."""
    done = {folder.name.partition("-")[2] for folder in store.folders()}
    for top in sorted(store.root.glob(f"*/{LEDGER}")):
        done |= {folder.name.partition("-")[2] for folder in RunStore(top.parent).folders()}
    found = [key for key in waiting_keys(store) if key in done]
    for key in found:
        remove_job(store, key)
    return len(found)


def waiting_keys(store: RunStore) -> list[str]:
    """The keys of all jobs that are not done, sorted."""
    return sorted(path.stem for path in (store.root / FOLDER).glob("*.json"))


def waits(store: RunStore, key: str) -> bool:
    """Whether the job of this key is not done yet; the others are not looked at."""
    return _path(store, key).exists()


def _path(store: RunStore, key: str) -> Path:
    if not key.isalnum():
        raise BenchError(f"{key!r} is no key of a run: 12 hexadecimal digits")
    return store.root / FOLDER / f"{key}.json"
