"""Intervals, paired tests and ranks: what repeated runs on one finite test set can tell.

Two sources of chance are kept apart throughout: the training seed, and the images that happen to
be in the test set. Accuracies and levels are fractions, not per cent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
# Whether each image was right; a tie of k classes with the right one among them gives it 1/k.
Credit = NDArray[np.bool_] | NDArray[np.float64]


class Interval(NamedTuple):
    """A closed interval."""

    low: float
    high: float


def wilson_interval(correct: float, n: int, level: float = LEVEL) -> Interval:
    """Where the accuracy on all images may lie, given `correct` right ones of `n` drawn.

    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), with p = correct/n.
    Source: Wilson 1927, 'Probable Inference, the Law of Succession, and Statistical Inference'.

    Args:
        correct: how many were right; a mean over seeds need not be whole.
        n: images, 1 or more.
        level: of confidence.

    Raises:
        ValueError: `n` < 1, `correct` outside 0..n, or `level` outside (0, 1).
    """
    if n < 1 or not 0 <= correct <= n:
        raise ValueError(f"{correct} right of {n} images")
    z = normal_quantile(level)
    fraction = correct / n
    centre = fraction + z * z / (2 * n)
    half = z * math.sqrt(fraction * (1 - fraction) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At 0 and n one bound is exact, and rounding must not push it past the fraction itself.
    return Interval(
        min(fraction, max(0.0, (centre - half) / scale)),
        max(fraction, min(1.0, (centre + half) / scale)),
    )


def mean(values: Sequence[float]) -> float:
    """The mean, the same whatever the order of the values.

    Raises:
        ValueError: there is none.
    """
    if not values:
        raise ValueError("the mean of no values")
    return math.fsum(values) / len(values)


def standard_deviation(values: Sequence[float]) -> float | None:
    """The sample's standard deviation (divisor s − 1); `None` for one value."""
    if len(values) < 2:
        return None
    centre = mean(values)
    return math.sqrt(math.fsum((v - centre) ** 2 for v in values) / (len(values) - 1))


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """Where the mean over all seeds may lie: mean ± t(s−1)·sd/√s. `None` for one value.

    Source: Student 1908, 'The Probable Error of a Mean'.
    """
    return _t_interval(values, level, math.sqrt(1 / len(values)) if values else 0.0)


def prediction_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """Where the next seed's value may fall: mean ± t(s−1)·sd·√(1 + 1/s). `None` for one value.

    Source: Hahn & Meeker 1991, 'Statistical Intervals', section 4.7.
    """
    return _t_interval(values, level, math.sqrt(1 + 1 / len(values)) if values else 0.0)


def normal_quantile(level: float = LEVEL) -> float:
    """The z with a normal variable within ±z with probability `level`; 1.96 for 0.95.

    Raises:
        ValueError: `level` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level} is not between 0 and 1")
    return NormalDist().inv_cdf((1 + level) / 2)


def t_quantile(degrees: float, level: float = LEVEL) -> float:
    """The t with Student's variable within ±t with probability `level`.

    Raises:
        ValueError: `level` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level} is not between 0 and 1")
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + level) / 2))


def mcnemar_exact(correct_a: Credit, correct_b: Credit) -> float:
    """Two-sided p-value for two networks being equally good, from the same n images.

    Only images on which they differ count; if the networks are equal, each of the two may be the
    right one with probability 1/2. Source: McNemar 1947, 'Note on the Sampling Error of the
    Difference Between Correlated Proportions or Percentages', in its exact (binomial) form.

    Args:
        correct_a: bool or credit in 0 to 1 (n,), whether the first is right on each image.
        correct_b: bool or credit (n,), the second on the same images in the same order.

    Raises:
        ValueError: the shapes differ.
    """
    if correct_a.shape != correct_b.shape or correct_a.ndim != 1:
        raise ValueError(f"images of shape {correct_a.shape} against {correct_b.shape}")
    return _sign_test(int((correct_a > correct_b).sum()), int((correct_b > correct_a).sum()))


def paired_test(correct_a: Credit, correct_b: Credit) -> float:
    """Two-sided p-value for two approaches being equally good, over new seeds and new images.

    One seed each leaves no way to see what a seed does: then it is `mcnemar_exact`, which speaks
    of these two trained networks alone. With more seeds, D is the mean over images of
    dᵢ = (fraction of A's seeds right on i) − (fraction of B's), and Welch's t compares D with

        V = var(d)/n + var(accuracy of A's seeds)/s_A + var(accuracy of B's seeds)/s_B

    on Welch and Satterthwaite's degrees of freedom. The first term is the draw of the images:
    pairing removes what is hard for both. The others are the draw of the seeds. A seed's chance
    hits on single images appear in both, so V is too large on average and the test errs towards
    'are not significantly different'. An approach with a single seed borrows the other's seed
    variance.

    False alarms at 0.05, simulated: 0.01 to 0.05 with three seeds or more each, whatever the
    seeds' part of V; with two seeds, or one against several, the same while the images' part
    is the larger one (as in practice), but up to 0.13 where the seeds' is.

    Sources: Welch 1947, 'The Generalization of Student's Problem…'; for images and seeds crossed
    as two random factors, Obuchowski & Rockette 1995 (readers × cases); for seeds as a source of
    variance in benchmarks, Bouthillier et al. 2021, arXiv:2103.03098.

    Args:
        correct_a: bool or credit in 0 to 1 (seeds of A, n).
        correct_b: bool or credit in 0 to 1 (seeds of B, n), the same images in the same order.

    Raises:
        ValueError: not two dimensions, no seed or image, or different numbers of images.
    """
    if correct_a.ndim != 2 or correct_b.ndim != 2 or correct_a.shape[1] != correct_b.shape[1]:
        raise ValueError(f"runs of shape {correct_a.shape} against {correct_b.shape}")
    if 0 in correct_a.shape or 0 in correct_b.shape:
        raise ValueError("a paired test of no seeds or no images")
    if len(correct_a) == len(correct_b) == 1:
        return mcnemar_exact(correct_a[0], correct_b[0])
    difference = correct_a.mean(axis=0) - correct_b.mean(axis=0)
    variance, degrees = _variance_of_difference(correct_a, correct_b)
    observed = float(difference.mean())
    # A computed zero may be a few bits off, and dividing by it would make any difference certain.
    if variance <= 1e-18:
        return _sign_test(int((difference > 0).sum()), int((difference < 0).sum()))
    from scipy.special import stdtr

    return min(1.0, 2 * float(stdtr(degrees, -abs(observed) / math.sqrt(variance))))


def difference_interval(correct_a: Credit, correct_b: Credit, level: float = LEVEL) -> Interval:
    """Interval of (accuracy of A) − (accuracy of B) over new seeds and new images.

    The variance is that of `paired_test`. One seed each leaves the draw of the images alone: the
    interval then speaks of these two trained networks.

    Args:
        correct_a: bool or credit in 0 to 1 (seeds of A, n).
        correct_b: bool or credit in 0 to 1 (seeds of B, n), the same images in the same order.
        level: of confidence.

    Raises:
        ValueError: not two dimensions, under 2 images, no seed, or different numbers of images.
    """
    if correct_a.ndim != 2 or correct_b.ndim != 2 or correct_a.shape[1] != correct_b.shape[1]:
        raise ValueError(f"runs of shape {correct_a.shape} against {correct_b.shape}")
    if 0 in correct_a.shape or 0 in correct_b.shape or correct_a.shape[1] < 2:
        raise ValueError("an interval of no seeds or of under 2 images")
    centre = float(correct_a.mean() - correct_b.mean())
    variance, degrees = _variance_of_difference(correct_a, correct_b)
    half = t_quantile(degrees, level) * math.sqrt(variance) if variance else 0.0
    return Interval(centre - half, centre + half)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """P-values corrected for their number, in the given order: all may then be held to one level.

    The k-th smallest of m is multiplied by m − k + 1, never falls below its predecessor and never
    exceeds 1. Source: Holm 1979, 'A Simple Sequentially Rejective Multiple Test Procedure'.
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for done, position in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, p_values[position] * (len(p_values) - done)))
        corrected[position] = largest
    return tuple(corrected)


def competition_ranks(
    means: Sequence[float],
    p_values: Mapping[tuple[int, int], float],
    level: float = LEVEL,
) -> tuple[int, ...]:
    """Ranks in the order of the means, shared where differences are not significant.

    Going down the means, a competitor that is significantly below the best of the present rank
    begins the next one, whose number is one more than that of all above it. So nobody stands above
    a higher mean, however widely its own runs spread.

    Args:
        means: of each competitor, larger is better.
        p_values: uncorrected, of pairs (i, j) with i < j; a pair without a test is one that
            are not significantly different. Holm's correction runs over those given.
        level: of confidence of all comparisons together.

    Raises:
        ValueError: a pair is not of the form i < j within the competitors.
    """
    pairs = list(p_values)
    possible = set(combinations(range(len(means)), 2))
    for pair in pairs:
        if pair not in possible:
            raise ValueError(f"pair {pair} of {len(means)} competitors")
    corrected = dict(zip(pairs, holm([p_values[pair] for pair in pairs]), strict=True))
    ranks = [1] * len(means)
    order = sorted(range(len(means)), key=lambda i: -means[i])
    best = order[0] if order else 0
    for above, i in enumerate(order):
        if corrected.get((min(best, i), max(best, i)), 1.0) < 1 - level and means[i] < means[best]:
            best, ranks[i] = i, above + 1
        else:
            ranks[i] = ranks[best]
    return tuple(ranks)


def _t_interval(values: Sequence[float], level: float, factor: float) -> Interval | None:
    deviation = standard_deviation(values)
    if deviation is None:
        return None
    half = t_quantile(len(values) - 1, level) * deviation * factor
    return Interval(mean(values) - half, mean(values) + half)


def _variance_of_difference(correct_a: Credit, correct_b: Credit) -> tuple[float, float]:
    """V of `paired_test` and its degrees of freedom."""
    difference = correct_a.mean(axis=0) - correct_b.mean(axis=0)
    images = len(difference)
    parts = []
    if len(correct_a) > 1 or len(correct_b) > 1:
        parts = _seed_variances(correct_a.mean(axis=1), correct_b.mean(axis=1))
    if images > 1:
        parts.append((float(difference.var(ddof=1)) / images, images - 1))
    variance = sum(part for part, _ in parts)
    weighted = sum(part**2 / free for part, free in parts)
    return variance, variance**2 / weighted if weighted else math.inf


def _seed_variances(
    accuracy_a: NDArray[np.float64], accuracy_b: NDArray[np.float64]
) -> list[tuple[float, int]]:
    """Variance of each side's mean over seeds, with its degrees of freedom."""
    several = [accuracy for accuracy in (accuracy_a, accuracy_b) if len(accuracy) > 1]
    if len(several) == 2:
        return [(float(a.var(ddof=1)) / len(a), len(a) - 1) for a in several]
    (known,) = several
    return [(float(known.var(ddof=1)) * (1 + 1 / len(known)), len(known) - 1)]


def _sign_test(wins: int, losses: int) -> float:
    if wins == losses:
        return 1.0
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5)))
