"""How many seeds are asked for, by those that were run."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.bands import Band, SeedSpread, accuracy_variance
from bench.analysis.resolution import resolution
from bench.analysis.until_resolution import seeds_wanted


def one(deviation: float, seeds: int) -> Band:
    return Band((SeedSpread(deviation, seeds),), accuracy_variance(0.4393, 10_000))


def spread(deviation: float, seeds: int = 3) -> list[float]:
    """Values with exactly this sample deviation."""
    values = np.arange(seeds, dtype=float)
    return list(0.44 + deviation * (values - values.mean()) / values.std(ddof=1))


@pytest.mark.parametrize("values", [[], [0.4], [0.4, 0.5]])
def test_three_are_always_wanted(values):
    assert seeds_wanted(0.4393, values, 10_000, 0.05, most=20) == 3


def test_as_many_as_the_resolution_takes():
    wanted = seeds_wanted(0.4393, spread(0.014), 10_000, 0.05, most=50)
    assert resolution(one(0.014, wanted)) <= 0.05 < resolution(one(0.014, wanted - 1))


def test_never_more_than_the_limit():
    assert seeds_wanted(0.4393, spread(0.014), 10_000, 0.05, most=6) == 6


def test_no_more_where_none_would_do_or_enough_were_run():
    assert seeds_wanted(0.4393, spread(0.018, 5), 10_000, 0.05, most=50) == 5
    assert seeds_wanted(0.4393, spread(0.0025, 5), 10_000, 0.05, most=50) == 5
