"""What a measurement can notice: its power, its resolution, and the seeds that a claim takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bench.analysis.bands import Band

POWER = 0.8
# Seeds beyond which nobody will go: more are reported as "no number of seeds".
MOST_SEEDS = 10_000
_NODES = {0: 1, 1: 200, 2: 60}


def power(band: Band, difference: float) -> float:
    """Probability that a documented number which is `difference` too high is called so.

    The documented number is a run of a recipe whose expected value lies `difference` above that
    of the recipe measured here; both are as noisy as the band says. With one source of chance
    this is the tail of Student's noncentral t distribution; with several the half-width is itself
    random, so the normal tail is averaged over the chi-square distribution of each approach's
    variance, by Gauss and Legendre's rule over its quantiles:

        E[ Φ( (difference − h(S)) / noise ) ],  S² = sd²·χ²(s−1)/(s−1)

    Source: Johnson, Kotz & Balakrishnan 1995, "Continuous Univariate Distributions 2", chapter 31
    (the noncentral t as a normal over an independent chi).

    Args:
        band: its deviations count as the true ones.
        difference: in the unit of the values.
    """
    return _tail(band, difference, *_half_widths(band))


def resolution(band: Band, wanted: float = POWER) -> float:
    """The smallest true difference that would be noticed with this power.

    Args:
        band: its deviations count as the true ones: with three seeds that is a guess.
        wanted: the power.

    Raises:
        ValueError: `wanted` is not between 0.5 and 1.
    """
    if not 0.5 <= wanted < 1:
        raise ValueError(f"power {wanted} is not between 0.5 and 1")
    widths, weights = _half_widths(band)
    low, high = 0.0, band.rounding + 1e-12
    while _tail(band, high, widths, weights) < wanted:
        low, high = high, 2 * high + band.noise
    while high - low > 1e-6 * high + 1e-12:
        middle = (low + high) / 2
        if _tail(band, middle, widths, weights) < wanted:
            low = middle
        else:
            high = middle
    return high


def finest_resolution(band: Band, wanted: float = POWER) -> float:
    """What the resolution tends to with ever more seeds: no experiment of this recipe gets finer.

    All quantiles are then the normal one: narrowest half-width + z(power)·noise.
    """
    own = sum(spread.deviation**2 for spread in band.spreads if spread.new_run)
    return band.narrowest + NormalDist().inv_cdf(wanted) * math.sqrt(own + band.sampling)


def seeds_until_narrow(band: Band, tolerance: float) -> int | None:
    """Seeds (one number for every approach in it) at which the half-width is within `tolerance`.

    `None` where no number of seeds would do: the recipe's own runs differ too much.
    """
    if band.narrowest >= tolerance:
        return None
    return _fewest(lambda seeds: band.with_seeds(seeds).half_width <= tolerance)


def seeds_until_resolution(band: Band, tolerance: float, wanted: float = POWER) -> int | None:
    """Seeds at which a true difference of `tolerance` would be noticed with this power.

    `None` where no number of seeds would do.
    """
    if finest_resolution(band, wanted) >= tolerance:
        return None
    return _fewest(lambda seeds: power(band.with_seeds(seeds), tolerance) >= wanted)


def _fewest(enough: Callable[[int], bool]) -> int | None:
    """The smallest number from 3 on for which `enough` holds; it holds for all larger ones."""
    high = 3
    while not enough(high):
        if high >= MOST_SEEDS:
            return None
        high = min(2 * high, MOST_SEEDS)
    low = max(2, high // 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _tail(
    band: Band, difference: float, widths: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    from scipy.special import ndtr

    if band.noise == 0:
        return float(difference > band.rounding)
    return float((weights * ndtr((difference - widths) / band.noise)).sum())


def _half_widths(band: Band) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The half-widths that these deviations may lead to, and the probability of each."""
    count = _NODES.get(len(band.spreads), 30)
    found = [chi_ratios(spread.seeds - 1, count) for spread in band.spreads]
    # One axis for each approach, as their deviations are independent.
    ratios = np.meshgrid(*(ratio for ratio, _ in found), indexing="ij")
    weights = np.ones(())
    for _, weight in found:
        weights = np.multiply.outer(weights, weight)
    pairs = zip(band.spreads, ratios, strict=True)
    return band.half_widths([spread.deviation * ratio for spread, ratio in pairs]), weights


@lru_cache(maxsize=256)
def chi_ratios(degrees: int, count: int = 200) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """√(χ²/degrees), the ratio of an estimated to a true deviation: nodes and their weights.

    Returns:
        Two float64 arrays (count,); the weights sum to one.
    """
    from scipy.special import chdtri

    nodes, weights = _rule(count)
    return np.sqrt(chdtri(degrees, (1 - nodes) / 2) / degrees), weights / 2


@lru_cache(maxsize=8)
def _rule(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights
