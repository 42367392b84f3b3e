"""Several documented numbers together: do they lie to one side of what was measured?

Each may be within its own band, and yet all of them above every seed: that together is no chance.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """Where a documented number stands among the seeds.

    Attributes:
        below: seeds below the documented number.
        tied: seeds that the documented number cannot be told from, as it was printed.
        seeds: all of them.
    """

    below: int
    tied: int
    seeds: int

    @property
    def above_all(self) -> bool:
        """Whether the documented number is higher than every seed."""
        return self.below == self.seeds

    @property
    def below_all(self) -> bool:
        """Whether the documented number is lower than every seed."""
        return self.below == self.tied == 0


@dataclass(frozen=True)
class JointTest:
    """A joint test and its ground.

    Attributes:
        standings: one per documented number.
        p_value: two-sided, for every documented number being a run like the measured ones.
    """

    standings: tuple[Standing, ...]
    p_value: float

    @property
    def above_all(self) -> int:
        """How many documented numbers are higher than all of their seeds."""
        return sum(standing.above_all for standing in self.standings)


def standing(documented: float, measured: Sequence[float], step: float = 0.0) -> Standing:
    """Where a documented number stands among the seeds, half a printed step either way granted.

    Raises:
        ValueError: nothing was measured.
    """
    if not measured:
        raise ValueError("no seed to stand among")
    return Standing(
        below=sum(value < documented - step / 2 for value in measured),
        tied=sum(abs(value - documented) <= step / 2 for value in measured),
        seeds=len(measured),
    )


def joint_test(standings: Sequence[Standing]) -> JointTest:
    """Test whether documented numbers lie to one side of the measured runs, all together.

    If a documented number is one more run of the recipe, it and the s seeds are exchangeable, and
    each of the s + 1 places among them is equally likely, whatever the distribution. The place is
    scaled to 0..1 as (seeds below + ½ tied)/s; the sum over the documented numbers, which are
    independent trainings, is held against its exact distribution. Ties take half a place, which
    moves the sum towards the middle.

    Sources: the sum of p-values as a joint test, Edgington 1972, "An Additive Method for Combining
    Probability Values from Independent Experiments", Journal of Psychology 80; equally likely
    places, Wilks 1941, "Determination of Sample Sizes for Setting Tolerance Limits".

    Args:
        standings: one per documented number of a training of its own. Two quantities of one
            training, such as validation and test accuracy, are not independent: give one.

    Raises:
        ValueError: there is none.
    """
    if not standings:
        raise ValueError("a joint test of no documented number")
    # In whole numbers, so exact: places in units of half a common part, and outcomes as counts.
    unit = math.lcm(*(found.seeds for found in standings))
    counts, observed = {0: 1}, 0
    for found in standings:
        step = unit // found.seeds
        observed += (2 * found.below + found.tied) * step
        spread: dict[int, int] = defaultdict(int)
        for total, count in counts.items():
            for place in range(found.seeds + 1):
                spread[total + 2 * place * step] += count
        counts = spread
    upper = sum(count for total, count in counts.items() if total >= observed)
    lower = sum(count for total, count in counts.items() if total <= observed)
    outcomes = math.prod(found.seeds + 1 for found in standings)
    return JointTest(tuple(standings), min(1.0, 2 * min(upper, lower) / outcomes))
