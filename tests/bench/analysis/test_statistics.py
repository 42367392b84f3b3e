"""Intervals, tests and ranks against SciPy, textbooks, and their own promises."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.analysis.statistics import (
    competition_ranks,
    difference_interval,
    holm,
    mcnemar_exact,
    mean,
    mean_interval,
    paired_test,
    prediction_interval,
    standard_deviation,
    wilson_interval,
)

few = settings(max_examples=40, deadline=None)
counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
samples = st.lists(st.floats(0, 1), min_size=2, max_size=8)
p_value_lists = st.lists(st.floats(0, 1), max_size=12)
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


def hits(text: str) -> np.ndarray:
    return np.array([character == "1" for character in text], dtype=bool)


class TestWilson:
    @few
    @given(counts, levels)
    def test_agrees_with_scipy(self, count, level):
        correct, n = count
        ours = wilson_interval(correct, n, level)
        theirs = stats.binomtest(correct, n).proportion_ci(level, method="wilson")
        assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-12)

    def test_one_accuracy_on_ten_thousand_images_carries_one_point(self):
        low, high = wilson_interval(5000, 10_000)
        assert (high - low) / 2 == pytest.approx(0.0098, abs=1e-4)

    @few
    @given(counts, levels)
    def test_holds_the_fraction_within_0_and_1(self, count, level):
        correct, n = count
        low, high = wilson_interval(correct, n, level)
        assert 0 <= low <= correct / n <= high <= 1
        assert low < high

    @few
    @given(counts, levels)
    def test_mirrors_when_right_and_wrong_change_places(self, count, level):
        correct, n = count
        low, high = wilson_interval(correct, n, level)
        assert wilson_interval(n - correct, n, level) == pytest.approx((1 - high, 1 - low))

    @few
    @given(counts)
    def test_more_confidence_is_wider_and_more_images_narrower(self, count):
        correct, n = count
        inner, outer = wilson_interval(correct, n, 0.8), wilson_interval(correct, n, 0.99)
        more = wilson_interval(4 * correct, 4 * n, 0.99)
        assert outer.low <= inner.low <= inner.high <= outer.high
        assert more.high - more.low < outer.high - outer.low

    @pytest.mark.parametrize(("correct", "n"), [(1, 0), (-1, 5), (6, 5)])
    def test_refuses_impossible_counts(self, correct, n):
        with pytest.raises(ValueError, match=f"{correct} right of {n} images"):
            wilson_interval(correct, n)

    @pytest.mark.parametrize("level", [0, 1, 95])
    def test_refuses_levels_that_are_no_fraction(self, level):
        with pytest.raises(ValueError, match=f"level {level} "):
            wilson_interval(1, 2, level)


class TestSeeds:
    def test_textbook_values(self):
        # Mean 10, standard deviation 2, t of 2 degrees of freedom 4.303.
        values = [8.0, 10.0, 12.0]
        assert standard_deviation(values) == pytest.approx(2)
        assert mean_interval(values) == pytest.approx(
            (10 - 4.3027 * 2 / math.sqrt(3), 10 + 4.3027 * 2 / math.sqrt(3)), abs=1e-3
        )
        assert prediction_interval(values) == pytest.approx(
            (10 - 4.3027 * 2 * math.sqrt(4 / 3), 10 + 4.3027 * 2 * math.sqrt(4 / 3)), abs=1e-3
        )

    @few
    @given(samples, levels)
    def test_mean_interval_agrees_with_scipy(self, values, level):
        error = stats.sem(values)
        half = stats.t.ppf((1 + level) / 2, len(values) - 1) * error
        found = mean_interval(values, level)
        assert found == pytest.approx(
            (np.mean(values) - half, np.mean(values) + half), rel=1e-9, abs=1e-9
        )

    @few
    @given(samples, levels)
    def test_a_new_run_is_less_certain_than_the_mean(self, values, level):
        of_mean, of_run = mean_interval(values, level), prediction_interval(values, level)
        assert of_run.low <= of_mean.low <= mean(values) <= of_mean.high <= of_run.high

    @few
    @given(samples, st.randoms(use_true_random=False))
    def test_the_order_of_seeds_does_not_matter_to_the_last_bit(self, values, random):
        shuffled = random.sample(values, len(values))
        assert mean(shuffled) == mean(values)
        assert prediction_interval(shuffled) == prediction_interval(values)

    def test_one_seed_has_no_interval(self):
        assert standard_deviation([0.5]) is None
        assert mean_interval([0.5]) is None
        assert prediction_interval([0.5]) is None

    def test_no_seed_has_no_mean(self):
        with pytest.raises(ValueError, match="no values"):
            mean([])

    def test_prediction_interval_holds_the_next_run_as_often_as_it_says(self):
        runs = np.random.default_rng(0).normal(0.4, 0.003, (2000, 4))
        inside = 0
        for *seen, following in runs.tolist():
            low, high = prediction_interval(seen)
            inside += low <= following <= high
        assert inside / len(runs) == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 2000))


class TestMcNemar:
    def test_textbook_value(self):
        # 1 against 9 discordant pairs: 2 * (1 + 10) / 2**10.
        a, b = hits("1" + "0" * 9 + "1" * 20), hits("0" + "1" * 9 + "1" * 20)
        assert mcnemar_exact(a, b) == pytest.approx(22 / 1024)

    @few
    @given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
    def test_agrees_with_scipy_and_is_symmetric(self, pairs):
        a, b = (np.array(side) for side in zip(*pairs, strict=True))
        wins, losses = int((a & ~b).sum()), int((b & ~a).sum())
        expected = stats.binomtest(wins, wins + losses, 0.5).pvalue if wins + losses else 1.0
        assert mcnemar_exact(a, b) == pytest.approx(expected)
        assert mcnemar_exact(a, b) == mcnemar_exact(b, a)

    @few
    @given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 300))
    def test_images_on_which_both_agree_do_not_count(self, wins, losses, agreed):
        a = hits("1" * wins + "0" * losses)
        b = hits("0" * wins + "1" * losses)
        same = hits("1" * agreed)
        assert mcnemar_exact(np.append(a, same), np.append(b, same)) == mcnemar_exact(a, b)

    def test_refuses_different_images(self):
        with pytest.raises(ValueError, match=r"\(2,\) against \(3,\)"):
            mcnemar_exact(hits("10"), hits("101"))


def simulated_runs(
    random: np.random.Generator, *, seeds: int, images: int, seed_sd: float, shift: float = 0.0
) -> np.ndarray:
    """Two approaches on the same images, bool (2, seeds, images), by a probit model.

    What a run gets right is decided by the image (shared), by the approach's own view of it, by
    the seed as a whole, and by the seed's chance on that image.
    """
    image = random.normal(size=images)
    view = 0.5 * random.normal(size=(2, 1, images))
    whole = seed_sd * random.normal(size=(2, seeds, 1))
    chance = 0.7 * random.normal(size=(2, seeds, images))
    better = np.array([shift, 0.0])[:, None, None]
    return image + view + whole + chance + better > 0


class TestPaired:
    def test_one_seed_each_is_mcnemar(self):
        a, b = hits("1100110101"), hits("0100111111")
        assert paired_test(a[None], b[None]) == mcnemar_exact(a, b)

    def test_agrees_with_scipy_where_seeds_do_not_vary(self):
        # Every seed gets the same number right, so only the draw of the images is left.
        a = np.stack([hits("11101100"), hits("11011010")])
        b = np.stack([hits("01001000"), hits("00100100")])
        expected = stats.ttest_rel(a.mean(axis=0), b.mean(axis=0)).pvalue
        assert paired_test(a, b) == pytest.approx(expected)

    def test_agrees_with_welch_where_images_do_not_vary(self):
        # One image shows only what the seeds do.
        a = np.array([[True], [True], [False], [True]])
        b = np.array([[False], [True], [False]])
        expected = stats.ttest_ind(a[:, 0] * 1.0, b[:, 0] * 1.0, equal_var=False).pvalue
        assert paired_test(a, b) == pytest.approx(expected)

    def test_a_single_seed_borrows_the_variance_of_the_others(self):
        a, b = np.array([[True], [True], [False], [True]]), np.array([[False]])
        # Mean .75 and variance .25 of four seeds, and as much variance for the one.
        t = 0.75 / math.sqrt(0.25 / 4 + 0.25)
        assert paired_test(a, b) == pytest.approx(2 * stats.t.sf(t, 3))

    @few
    @given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 30), st.integers(0, 2**32 - 1))
    def test_is_a_symmetric_probability(self, seeds_a, seeds_b, images, seed):
        random = np.random.default_rng(seed)
        a = random.random((seeds_a, images)) < 0.5
        b = random.random((seeds_b, images)) < 0.6
        p = paired_test(a, b)
        assert 0 <= p <= 1
        assert paired_test(b, a) == pytest.approx(p)

    @pytest.mark.parametrize("seeds", [1, 3])
    def test_equal_runs_cannot_be_told_apart(self, seeds):
        a = np.random.default_rng(0).random((seeds, 50)) < 0.5
        assert paired_test(a, a) == 1

    def test_no_variance_at_all_leaves_the_sign_test(self):
        a, b = np.ones((3, 6), bool), np.zeros((3, 6), bool)
        assert paired_test(a, b) == pytest.approx(2 * 0.5**6)

    @pytest.mark.parametrize("seed_sd", [0.0, 0.02, 0.2])
    @pytest.mark.parametrize("seeds", [2, 3])
    def test_false_alarms_are_no_more_frequent_than_said(self, seeds, seed_sd):
        random = np.random.default_rng(12345)
        trials = 600
        alarms = sum(
            paired_test(*simulated_runs(random, seeds=seeds, images=400, seed_sd=seed_sd)) < 0.05
            for _ in range(trials)
        )
        assert alarms / trials <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / trials)

    @pytest.mark.parametrize("seed_sd", [0.0, 0.02])
    def test_one_seed_against_several_raises_no_more_false_alarms(self, seed_sd):
        random = np.random.default_rng(54321)
        trials = 600
        alarms = 0
        for _ in range(trials):
            a, b = simulated_runs(random, seeds=3, images=400, seed_sd=seed_sd)
            alarms += paired_test(a, b[:1]) < 0.05
        assert alarms / trials <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / trials)

    def test_finds_a_difference_that_separate_intervals_hide(self):
        random = np.random.default_rng(1)
        a, b = simulated_runs(random, seeds=3, images=2000, seed_sd=0.01, shift=0.12)
        one, other = (wilson_interval(float(side.mean()) * 2000, 2000) for side in (a, b))
        assert max(one.low, other.low) < min(one.high, other.high)
        assert paired_test(a, b) < 0.01

    def test_a_seed_that_varies_hides_the_same_difference(self):
        steady = np.zeros((3, 1000), bool)
        steady[:, :500] = True
        better = np.zeros((3, 1000), bool)
        better[:, :530] = True
        erratic = np.zeros((3, 1000), bool)
        for row, right in zip(erratic, (450, 530, 610), strict=True):
            row[:right] = True
        assert paired_test(steady, better) < 0.001
        assert paired_test(steady, erratic) > 0.3

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ((2, 3), (2, 4)),
            ((3, 3), (2, 4)),
            ((3,), (3,)),
            ((3,), (2, 3)),
            ((2, 3), (3,)),
            ((2, 3), (2, 3, 1)),
            ((2, 3, 1), (2, 3)),
            ((0, 3), (2, 3)),
            ((2, 3), (0, 3)),
            ((2, 0), (2, 0)),
        ],
    )
    @pytest.mark.parametrize("compare", [paired_test, difference_interval])
    def test_refuses_what_is_not_paired(self, compare, a, b):
        with pytest.raises(ValueError, match=r"against|of no seeds"):
            compare(np.zeros(a, bool), np.zeros(b, bool))

    def test_numbers_of_seeds_may_differ(self):
        draws = np.random.default_rng(3).random((5, 400)) < 0.5
        assert 0 < paired_test(draws[:3], draws[3:]) <= 1
        interval = difference_interval(draws[:3], draws[3:])
        assert interval.low < draws[:3].mean() - draws[3:].mean() < interval.high

    def test_an_interval_needs_two_images(self):
        assert difference_interval(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])).low < 0
        with pytest.raises(ValueError, match="under 2 images"):
            difference_interval(np.ones((2, 1)), np.zeros((2, 1)))


class TestHolm:
    def test_textbook_value(self):
        assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))

    def test_none(self):
        assert holm([]) == ()

    @few
    @given(p_value_lists)
    def test_lies_between_none_and_bonferroni(self, p_values):
        for raw, corrected in zip(p_values, holm(p_values), strict=True):
            assert raw <= corrected <= min(1.0, raw * len(p_values))

    @few
    @given(p_value_lists)
    def test_keeps_the_order(self, p_values):
        corrected = holm(p_values)
        for i, one in enumerate(p_values):
            for j, other in enumerate(p_values):
                assert one > other or corrected[i] <= corrected[j]

    @few
    @given(p_value_lists, st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_given(self, p_values, random):
        order = random.sample(range(len(p_values)), len(p_values))
        shuffled = holm([p_values[i] for i in order])
        assert shuffled == tuple(holm(p_values)[i] for i in order)


class TestRanks:
    def test_those_not_told_apart_share_a_rank(self):
        p_values = {(0, 1): 0.6, (0, 2): 0.001, (1, 2): 0.002}
        assert competition_ranks([0.50, 0.51, 0.30], p_values) == (1, 1, 3)

    def test_all_told_apart(self):
        p_values = {(0, 1): 1e-9, (0, 2): 1e-9, (1, 2): 1e-9}
        assert competition_ranks([0.3, 0.5, 0.4], p_values) == (3, 1, 2)

    def test_the_number_of_comparisons_counts(self):
        assert competition_ranks([0.5, 0.4], {(0, 1): 0.03}) == (1, 2)
        among_others = {(0, 1): 0.03, (0, 2): 0.9, (1, 2): 0.9}
        assert competition_ranks([0.5, 0.4, 0.45], among_others) == (1, 1, 1)

    def test_wide_spread_lifts_nobody_above_a_higher_mean(self):
        # The last is significantly different from none: its runs spread too widely.
        p_values = {(0, 1): 1e-9, (0, 2): 0.9, (1, 2): 0.9}
        assert competition_ranks([0.6, 0.5, 0.4], p_values) == (1, 2, 2)

    def test_a_pair_without_a_test_is_not_told_apart(self):
        assert competition_ranks([0.9, 0.1], {}) == (1, 1)

    @few
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.data())
    def test_bounds_and_somebody_is_first(self, means, data):
        pairs = [(i, j) for j in range(len(means)) for i in range(j)]
        p_values = {pair: data.draw(st.floats(0, 1)) for pair in pairs}
        ranks = competition_ranks(means, p_values)
        assert all(1 <= rank <= len(means) for rank in ranks)
        assert ranks[means.index(max(means))] == 1
        ordered = sorted(zip(means, ranks, strict=True), reverse=True)
        assert all(a[1] <= b[1] for a, b in pairwise(ordered) if a[0] > b[0])

    @pytest.mark.parametrize("pair", [(1, 0), (0, 0), (0, 2)])
    def test_refuses_pairs_that_are_none(self, pair):
        with pytest.raises(ValueError, match="2 competitors"):
            competition_ranks([0.1, 0.2], {pair: 0.5})
