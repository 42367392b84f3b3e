"""How a plan is carried out: one protocol for this process, several, or other machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from bench.engines.session import Session
from bench.planning.plan import Plan
from bench.records.record import RunRecord


class Engine(Protocol):
    """Carries out plans."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        """Do every run of the plan that is not recorded yet, and give all records as they come.

        A run that fails by its own fault is told as `bench.progress.events.RunFailed` and has no
        record; the others go on. What was finished stays, whatever happens after it.

        Raises:
            BenchError: bad input that concerns every run.
        """
