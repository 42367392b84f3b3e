"""A plan divided among machines that share nothing: each does the runs whose keys fall to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bench.errors import BenchError
from bench.planning.plan import Plan
from bench.planning.run_spec import RunSpec

_MOST = 10_000


@dataclass(frozen=True)
class Shard:
    """Which part of a plan a machine does.

    Attributes:
        index: from 1 to `count`.
        count: how many machines there are.
    """

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """A shard from `i/n`.

        Raises:
            BenchError: the text is something else, or `i` is not from 1 to `n`.
        """
        found = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text)
        index, count = map(int, found.groups()) if found else (0, 0)
        if not 1 <= index <= count <= _MOST:
            raise BenchError(
                f"--shard {text!r} is no shard; give i/n with i from 1 to n, such as 1/4"
            )
        return cls(index, count)

    def holds(self, run: RunSpec) -> bool:
        """Whether the run falls to this shard.

        A run's own key decides, so that a machine that cannot do some runs moves none of the
        others, and no run falls between two machines. What reads a network goes with it.
        """
        return int(family(run), 16) % self.count == self.index - 1

    def of(self, plan: Plan) -> Plan:
        """The plan with the runs of this shard alone."""
        return replace(plan, runs=tuple(run for run in plan.runs if self.holds(run)))


def family(run: RunSpec) -> str:
    """Key of the network that a run reads, or its own: runs of one family belong together."""
    return run.base.key if run.base else run.key
