"""How many seeds it takes until a documented number could be missed by no more than a tolerance."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis.bands import Band, accuracy_variance, spread_of
from bench.analysis.resolution import seeds_until_resolution
from bench.analysis.verdicts import MIN_SEEDS


def seeds_wanted(
    documented: float, measured: Sequence[float], images: int, tolerance: float, *, most: int
) -> int:
    """Seeds that the resolution takes to reach `tolerance`, judged by those that were run.

    The deviation is estimated again with every seed, so ask again after the next few. Three are
    always wanted. Where no number of seeds would do, no more are wanted than were run.

    Args:
        documented: accuracy, a fraction.
        measured: one per seed.
        images: that the accuracy is measured on.
        tolerance: the true difference that should be noticed with 80 % power.
        most: never more than that.

    Raises:
        ValueError: `images` < 1, or no accuracy between 0 and 1.
    """
    if len(measured) < MIN_SEEDS:
        return min(MIN_SEEDS, most)
    band = Band((spread_of(measured),), accuracy_variance(documented, images))
    needed = seeds_until_resolution(band, tolerance)
    return max(len(measured), min(needed, most)) if needed else len(measured)
