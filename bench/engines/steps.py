"""What of a plan is to be done: the runs that were asked for, and what they need first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.engines.session import Session
from bench.engines.unit import do_run, ensure_trained
from bench.errors import BenchError
from bench.estimators.registry import recipe_types
from bench.planning.plan import Plan
from bench.planning.run_spec import RunSpec
from bench.records.record import RunRecord


@dataclass(frozen=True)
class Step:
    """One run within a plan.

    Attributes:
        run: what it is.
        asked: whether its record is wanted.
        needed: whether a later step reads its trained weights.
    """

    run: RunSpec
    asked: bool
    needed: bool

    def to_plain(self) -> dict[str, Any]:
        """As JSON values, for another process."""
        return {"run": self.run.to_plain(), "asked": self.asked, "needed": self.needed}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Step:
        """What `to_plain` gave.

        Raises:
            BenchError: it is damaged, or its estimator is not installed here.
        """
        try:
            run, asked, needed = plain["run"], plain["asked"], plain["needed"]
        except (KeyError, TypeError) as error:
            raise BenchError(f"this is no step of a plan ({error}); plan it again") from error
        if not (isinstance(asked, bool) and isinstance(needed, bool)):
            raise BenchError("this is no step of a plan (asked, needed: no bool); plan it again")
        return cls(RunSpec.from_plain(run, recipe_types()), asked, needed)


def steps_of(plan: Plan, session: Session) -> Iterator[Step]:
    """The plan's runs in an order in which each comes after what it needs.

    What nobody asked for is among them only where a run that must be done reads its weights.

    Raises:
        BenchError: a record is damaged.
    """
    asked = {run.key for run in plan.runs}
    needed: set[str] = set()
    waiting = [run for run in plan.runs if session.is_to_do(run)]
    while waiting:
        for base in waiting.pop().needs:
            if base.key not in needed and session.trained_folder(base) is None:
                needed.add(base.key)
                waiting.append(base)
    for run in plan.ordered():
        if run.key in asked or run.key in needed:
            yield Step(run, run.key in asked, run.key in needed)


def perform(step: Step, session: Session, *, trained: bool = False) -> RunRecord | None:
    """Do one step in this process; the record, if it was asked for.

    Raises:
        BenchError: see `bench.engines.unit.do_run`.
    """
    record = do_run(step.run, session, trained=trained) if step.asked else None
    if step.needed:
        ensure_trained(step.run, session)
    return record
