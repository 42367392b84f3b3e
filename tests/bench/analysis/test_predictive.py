"""The chance that a new run reaches a number, against SciPy's t and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bench.analysis.predictive import probability_of_reaching

RUNS = [0.41, 0.43, 0.40, 0.44]


@pytest.mark.parametrize("documented", [0.36, 0.42, 0.45, 0.55])
def test_without_images_it_is_students_tail(documented):
    scale = np.std(RUNS, ddof=1) * math.sqrt(1.25)
    expected = stats.t.sf((documented - 0.42) / scale, 3)
    assert probability_of_reaching(documented, RUNS) == pytest.approx(expected, abs=2e-4)


def test_images_add_their_draw():
    random, trials = np.random.default_rng(0), 400_000
    scale = np.std(RUNS, ddof=1) * math.sqrt(1.25)
    new = 0.42 + scale * random.standard_t(3, trials)
    new += math.sqrt(0.42 * 0.58 / 500) * random.standard_normal(trials)
    found = probability_of_reaching(0.46, RUNS, images=500)
    assert found == pytest.approx((new >= 0.46).mean(), abs=0.004)


def test_half_a_printed_step_is_granted():
    exact = probability_of_reaching(0.425, RUNS)
    assert probability_of_reaching(0.43, RUNS, step=0.01) == pytest.approx(exact)


def test_losses_are_better_the_lower_they_are():
    above = probability_of_reaching(0.45, RUNS)
    below = probability_of_reaching(0.45, RUNS, higher_is_better=False)
    assert above + below == pytest.approx(1)
    assert above < 0.5


def test_two_seeds_give_none():
    assert probability_of_reaching(0.4, RUNS[:2]) is None


@pytest.mark.parametrize(("documented", "expected"), [(0.4, 1.0), (0.41, 0.0)])
def test_equal_runs_without_images_are_certain(documented, expected):
    assert probability_of_reaching(documented, [0.4] * 3) == expected
