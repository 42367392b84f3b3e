"""The joint test against counting all outcomes, and its false alarms."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.analysis.joint import Standing, joint_test, standing


@pytest.mark.parametrize("seeds", [(3, 3, 3), (5, 5, 3), (8, 8, 8)])
def test_above_every_seed_in_all_three(seeds):
    # Each is above all of its own with probability 1 / (s + 1); twice that, for both sides.
    expected = 2 / np.prod([s + 1 for s in seeds])
    found = joint_test([standing(0.9, [0.4] * s) for s in seeds])
    assert found.p_value == pytest.approx(expected)
    assert found.above_all == 3


def test_below_every_seed_is_as_surprising():
    above = joint_test([standing(0.9, [0.4] * 4)] * 3)
    below = joint_test([standing(0.1, [0.4] * 4)] * 3)
    assert below.p_value == above.p_value
    assert below.above_all == 0
    assert all(found.below_all for found in below.standings)


@pytest.mark.parametrize("observed", [(0, 0, 5), (3, 4, 2), (2, 1, 5), (3, 4, 0)])
def test_against_counting_every_outcome(observed):
    seeds = (3, 4, 5)
    totals = np.array(
        [
            sum(place / s for place, s in zip(places, seeds, strict=True))
            for places in product(*(range(s + 1) for s in seeds))
        ]
    )
    total = sum(place / s for place, s in zip(observed, seeds, strict=True))
    tail = min((totals >= total - 1e-9).mean(), (totals <= total + 1e-9).mean())
    found = joint_test([Standing(o, 0, s) for o, s in zip(observed, seeds, strict=True)])
    assert found.p_value == pytest.approx(min(1, 2 * tail))


def test_ties_take_half_a_place():
    # One below and three level of five is two and a half places, of six equally likely ones.
    found = joint_test([Standing(below=1, tied=3, seeds=5)])
    assert found.p_value == 1
    # One below and one level of four is a place and a half: at or below it are two of five.
    assert joint_test([Standing(below=1, tied=1, seeds=4)]).p_value == pytest.approx(2 * 2 / 5)
    assert joint_test([Standing(below=0, tied=1, seeds=4)]).p_value == pytest.approx(2 * 1 / 5)


def test_numbers_in_the_middle_are_no_surprise():
    assert joint_test([standing(0.4, [0.3, 0.5])] * 3).p_value == 1


def test_a_printed_step_makes_ties():
    assert standing(0.36, [0.357, 0.366, 0.30], 0.01) == Standing(below=1, tied=1, seeds=3)
    assert not standing(0.36, [0.357, 0.30], 0.01).above_all


def p_values(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of many repetitions (trials, approaches, 1 + seeds), whose first value is the documented."""
    below = (values[:, :, 1:] < values[:, :, :1]).sum(axis=2)
    seeds = values.shape[2] - 1
    found = {
        places: joint_test([Standing(place, 0, seeds) for place in places]).p_value
        for places in set(map(tuple, np.sort(below).tolist()))
    }
    return np.array([found[tuple(places)] for places in np.sort(below).tolist()])


def test_false_alarms_are_at_most_one_in_twenty():
    random, trials = np.random.default_rng(0), 6_000
    # Heavy tails, and each approach on a scale of its own: only the order counts.
    values = random.standard_cauchy((trials, 3, 9)) * np.array([1, 50, 0.01])[:, None]
    alarms = (p_values(values) <= 0.05).mean()
    assert 0.02 <= alarms <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


def test_notices_three_documented_numbers_two_deviations_up_seven_times_in_ten():
    values = np.random.default_rng(1).standard_normal((4_000, 3, 9))
    values[:, :, 0] += 2
    assert (p_values(values) <= 0.05).mean() == pytest.approx(0.7, abs=0.03)


def test_refuses_nothing():
    with pytest.raises(ValueError, match="no documented number"):
        joint_test([])
    with pytest.raises(ValueError, match="no seed"):
        standing(0.4, [])
