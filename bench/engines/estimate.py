"""How long a plan may take, from the runs like its own that were recorded on any machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from bench.planning.plan import Plan
from bench.planning.run_spec import RunSpec
from bench.records.record import RunRecord


@dataclass(frozen=True)
class Estimate:
    """What is known of a plan before it is carried out.

    Attributes:
        found: runs that are recorded already.
        to_do: runs that are not, by approach.
        seconds: processor time of the runs whose like was recorded, one after the other.
        unknown: approaches of which nothing like it was.
    """

    found: int
    to_do: dict[str, int]
    seconds: float
    unknown: tuple[str, ...]


def estimate(plan: Plan, to_do: Iterable[RunSpec], recorded: Iterable[RunRecord]) -> Estimate:
    """What carrying out a plan may take.

    Args:
        plan: the runs.
        to_do: those of them that are not recorded.
        recorded: every record that is at hand.
    """
    totals: dict[tuple[str, str], list[float]] = defaultdict(list)
    for record in recorded:
        totals[record.approach, record.tier.name].append(record.timings.total)
    counts: dict[str, int] = defaultdict(int)
    seconds, unknown = 0.0, dict[str, None]()
    for run in to_do:
        counts[run.approach] += 1
        like = totals.get((run.approach, run.tier.name))
        if like:
            seconds += median(like)
        else:
            unknown[run.approach] = None
    return Estimate(len(plan.runs) - sum(counts.values()), dict(counts), seconds, tuple(unknown))
