"""What a Ray task does: one run by its key, told back through a queue."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.engines.failures import Failures
from bench.engines.jobs import read_job, waiting_keys
from bench.engines.one import do_key
from bench.engines.presence import sign_of
from bench.progress import events
from bench.records.opening import open_store
from bench.system.guarded import user_errors


def do(key: str, results: str, heard: Any) -> str:
    """Do the run in a process below this one; gives why it failed, empty where it did not.

    When Ray starts the task again because its node was lost, the attempt that was lost is listed
    first; the run then goes on from its checkpoint.
    """
    store = open_store(Path(results))
    if key not in waiting_keys(store):
        # The node was lost after the record was written.
        return ""
    step, session = read_job(store, key)
    left = sign_of(session.folder(step.run))
    if left is not None and not left.alive:
        Failures(session).lost(step.run, left.attempt, f"{left.host} or its process was lost")
    failed: list[str] = []

    def tell(event: events.Event) -> None:
        if isinstance(event, events.RunFailed):
            failed.append(event.reason)
        # The record itself is read from the folder, where it is validated.
        elif not isinstance(event, events.RunFinished):
            with suppress(Exception):
                heard.put_nowait(event)

    _end_with_raylet()
    try:
        do_key(store, key, tell)
    except user_errors() as error:
        failed.append(" ".join(str(error).split()))
    return failed[-1] if failed else ""


def _end_with_raylet() -> None:
    """End with the node, as a machine that is lost does; Ray itself takes longer over it."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
