"""A plan carried out with its pages kept up to date: what the command line and pytest both do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.engines.jobs import remove_job
from bench.engines.protocol import Engine
from bench.engines.session import Session
from bench.planning.plan import Plan
from bench.progress import events
from bench.records.record import RunRecord

# Pages read every record: drawn after each of thousands they would take longer than the runs.
_REST = 10


@dataclass(frozen=True)
class Result:
    """What became of a plan.

    Attributes:
        records: by the run's key, of all runs that have one.
        failed: why, by the run's key.
    """

    records: dict[str, RunRecord]
    failed: dict[str, str]


def carry_out(
    plan: Plan,
    session: Session,
    engine: Engine,
    refresh: Callable[[], object] = lambda: None,
) -> Result:
    """Do every run that is not recorded yet.

    Args:
        plan: the runs.
        session: how.
        engine: by what.
        refresh: called after a new record, to write the pages that show it, and at the end; between
            two calls ten times as long goes by as the last one took.

    Raises:
        BenchError: bad input that concerns every run; what was finished before stays.
    """
    failed: dict[str, str] = {}
    new: list[str] = []

    def listen(event: events.Event) -> None:
        if isinstance(event, events.RunFailed):
            failed[event.run.key] = event.reason
        elif isinstance(event, events.RunFinished) and not event.found:
            new.append(event.run.key)
        session.listener(event)

    records, due = {}, 0.0
    try:
        for record in engine.run(plan, replace(session, listener=listen)):
            records[record.key] = record
            remove_job(session.store, record.key)
            began = time.monotonic()
            if new and began >= due:
                new.clear()
                refresh()
                ended = time.monotonic()
                due = ended + _REST * (ended - began)
    finally:
        if new:
            refresh()
    return Result(records, failed)
