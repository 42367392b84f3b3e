"""One planned run by its key, in a fresh process: what a task of a cluster does."""

from __future__ import annotations

import dataclasses

from bench.engines.failures import Failures, is_input_error, said
from bench.engines.jobs import read_job, remove_job
from bench.engines.processes import carry_out_steps
from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.records.ledger import INFRASTRUCTURE
from bench.records.store import RunStore
from bench.registry import import_from_here


def do_key(store: RunStore, key: str, listener: events.Listener = events.null_listener) -> bool:
    """Do the job of this key, and forget it once it is done.

    Returns:
        Whether it is done; a run that failed by itself has its reason in the ledger.

    Raises:
        BenchError, datasets.DataError, models.ModelError: there is no such job, or bad input; that
            is in the ledger too, as nobody may read what this process says.
    """
    failed: list[str] = []

    def listen(event: events.Event) -> None:
        if isinstance(event, events.RunFailed):
            failed.append(event.reason)
        listener(event)

    step, session = read_job(store, key, listen)
    if step.run.origin:
        import_from_here()
    session = dataclasses.replace(session, attempts=attempts_of(store, step.run) + 1)
    try:
        for _ in carry_out_steps([step], session):
            pass
    except Exception as error:
        if is_input_error(error):
            Failures(session).tell(step.run, said(error))
        raise
    if not failed:
        remove_job(store, key)
    return not failed


def attempts_of(store: RunStore, run: RunSpec) -> int:
    """How many attempts at a run were lost by no fault of it."""
    entries = store.collection(run.collection).ledger.entries()
    return sum(
        entry.key == run.key and entry.reason.startswith(INFRASTRUCTURE) for entry in entries
    )
