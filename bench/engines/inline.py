"""All runs one after the other in this process."""

from __future__ import annotations

from collections.abc import Iterator

from bench.engines.failures import Failures
from bench.engines.session import Session
from bench.engines.steps import perform, steps_of
from bench.planning.plan import Plan
from bench.records.record import RunRecord


class InlineEngine:
    """For tests, for one run by its key, and inside other engines' processes."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        """See `bench.engines.protocol.Engine`."""
        failures = Failures(session)
        for step in list(steps_of(plan, session)):
            if failures.blocks(step):
                continue
            record = None
            with failures.caught(step):
                record = perform(step, session)
            if record is not None:
                yield record
