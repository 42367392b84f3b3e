"""Power and resolution against SciPy's noncentral t, simulation and published arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bench.analysis.bands import Band, SeedSpread, accuracy_variance, spread_of
from bench.analysis.resolution import (
    chi_ratios,
    finest_resolution,
    power,
    resolution,
    seeds_until_narrow,
    seeds_until_resolution,
)

SAMPLING = accuracy_variance(0.4393, 10_000)


def one(deviation: float, seeds: int, sampling: float = SAMPLING) -> Band:
    return Band((SeedSpread(deviation, seeds),), sampling)


class TestBand:
    def test_of_seeds_alone_is_the_prediction_interval(self):
        values = [0.41, 0.43, 0.40, 0.44]
        scale = np.std(values, ddof=1) * math.sqrt(1 + 1 / 4)
        _, high = stats.t.interval(0.95, 3, loc=0, scale=scale)
        assert Band((spread_of(values),)).half_width == pytest.approx(high, rel=1e-9)

    def test_of_a_mean_is_students_interval(self):
        values = [0.41, 0.43, 0.40, 0.44]
        _, high = stats.t.interval(0.95, 3, loc=0, scale=stats.sem(values))
        found = Band((spread_of(values, new_run=False),)).half_width
        assert found == pytest.approx(high, rel=1e-9)

    def test_many_seeds_of_1_8_points_leave_3_7(self):
        band = one(0.018, 3)
        assert band.narrowest == pytest.approx(1.96 * math.hypot(0.018, 0.00496), abs=1e-4)
        assert band.narrowest == pytest.approx(0.037, abs=0.0005)
        assert band.with_seeds(5_000).half_width == pytest.approx(band.narrowest, abs=2e-5)

    def test_rounding_is_added_whole(self):
        exact, coarse = Band(sampling=1e-4), Band(sampling=1e-4, rounding=0.005)
        assert coarse.half_width - exact.half_width == pytest.approx(0.005)

    @pytest.mark.parametrize(("deviation", "seeds"), [(0.1, 1), (-0.1, 3), (math.nan, 3)])
    def test_refuses_an_impossible_spread(self, deviation, seeds):
        with pytest.raises(ValueError, match="spread"):
            SeedSpread(deviation, seeds)


@pytest.mark.parametrize("seeds", [2, 3, 5, 8, 30])
@pytest.mark.parametrize("difference", [0.0, 0.01, 0.05, 0.2])
def test_power_of_seeds_alone_is_the_noncentral_t(seeds, difference):
    scale = 0.018 * math.sqrt(1 + 1 / seeds)
    expected = stats.nct.sf(stats.t.ppf(0.975, seeds - 1), seeds - 1, difference / scale)
    assert power(one(0.018, seeds, 0.0), difference) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(("seeds", "points"), [(3, 11.8), (5, 7.5)])
def test_known_resolutions_at_1_8_points(seeds, points):
    assert resolution(one(0.018, seeds)) * 100 == pytest.approx(points, abs=0.05)


def test_one_or_no_deviation_leaves_the_images():
    # (1.96 + 0.84) standard errors of the images.
    expected = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * math.sqrt(SAMPLING)
    assert resolution(one(0.0, 3)) == pytest.approx(expected, rel=1e-6)
    assert resolution(Band(rounding=0.005)) == pytest.approx(0.005, abs=1e-9)


@pytest.mark.parametrize("deviation", [0.0025, 0.018])
def test_the_resolution_is_noticed_four_times_in_five(deviation):
    band, trials = one(deviation, 5), 40_000
    random = np.random.default_rng(0)
    runs = deviation * random.standard_normal((trials, 5))
    claim = resolution(band) + deviation * random.standard_normal(trials)
    claim += math.sqrt(SAMPLING) * random.standard_normal(trials)
    reach = runs.mean(axis=1) + band.half_widths([runs.std(axis=1, ddof=1)])
    assert (claim > reach).mean() == pytest.approx(0.8, abs=0.01)


def test_the_resolution_of_a_difference_is_noticed_four_times_in_five():
    band = Band((SeedSpread(0.02, 3), SeedSpread(0.01, 8)), 2 * SAMPLING)
    random, trials = np.random.default_rng(1), 40_000
    one_side = 0.02 * random.standard_normal((trials, 3))
    other = 0.01 * random.standard_normal((trials, 8))
    claim = resolution(band) + 0.02 * random.standard_normal(trials)
    claim += 0.01 * random.standard_normal(trials)
    claim += math.sqrt(2 * SAMPLING) * random.standard_normal(trials)
    widths = band.half_widths([one_side.std(axis=1, ddof=1), other.std(axis=1, ddof=1)])
    noticed = claim > one_side.mean(axis=1) - other.mean(axis=1) + widths
    assert noticed.mean() == pytest.approx(0.8, abs=0.01)


class TestSeeds:
    @pytest.mark.parametrize("tolerance", [0.04, 0.045, 0.05, 0.06, 0.09])
    def test_until_the_band_is_narrow(self, tolerance):
        band = one(0.018, 3)
        widths = {seeds: one(0.018, seeds).half_width for seeds in range(3, 60)}
        expected = next(seeds for seeds, width in widths.items() if width <= tolerance)
        assert seeds_until_narrow(band, tolerance) == expected

    def test_until_the_resolution_is_reached(self):
        seeds = seeds_until_resolution(one(0.018, 3), 0.06)
        assert resolution(one(0.018, seeds)) <= 0.06 < resolution(one(0.018, seeds - 1))

    def test_never_where_the_runs_themselves_differ_more(self):
        assert seeds_until_narrow(one(0.018, 3), 0.036) is None
        # (1.96 + 0.84) * 1.87 points = 5.2: five points are never resolved.
        assert seeds_until_resolution(one(0.018, 3), 0.05) is None
        assert finest_resolution(one(0.018, 3)) == pytest.approx(2.8016 * 0.018671, rel=1e-3)

    def test_three_where_three_are_enough(self):
        assert seeds_until_resolution(one(0.0025, 3), 0.05) == 3
        assert seeds_until_narrow(one(0.0025, 3), 0.05) == 3

    def test_the_finest_resolution_is_the_limit(self):
        band = one(0.018, 3)
        assert resolution(band.with_seeds(9_000)) == pytest.approx(
            finest_resolution(band), abs=1e-5
        )


@pytest.mark.parametrize("degrees", [1, 2, 4, 7])
def test_chi_ratios_have_the_moments_of_chi(degrees):
    ratios, weights = chi_ratios(degrees)
    assert weights.sum() == pytest.approx(1)
    expected = stats.chi(degrees).mean() / math.sqrt(degrees)
    assert (weights * ratios).sum() == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("wanted", [0.4, 1.0])
def test_refuses_a_power_that_is_none(wanted):
    with pytest.raises(ValueError, match="power"):
        resolution(one(0.01, 3), wanted)
