"""How far from a measured mean a documented number may lie by chance alone.

A band has up to three sources of chance, which are independent: the seeds of one approach or of
two, the images that happen to be in a test set, and the rounding of a printed number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.analysis.statistics import (
    LEVEL,
    normal_quantile,
    standard_deviation,
    t_quantile,
)

# The variance of what rounding to whole numbers hides: that of a uniform draw over one step
# (Sheppard 1898, "On the Calculation of the Most Probable Values of Frequency-Constants").
WHOLE_NUMBER_VARIANCE = 1 / 12


@dataclass(frozen=True)
class SeedSpread:
    """How much the runs of one approach differ.

    Attributes:
        deviation: standard deviation over seeds, in the unit of the values.
        seeds: that it was estimated from, 2 or more.
        new_run: whether the mean is held against one more run of the recipe, as a published
            number is; otherwise the mean itself is what is spoken of.
    """

    deviation: float
    seeds: int
    new_run: bool = True

    def __post_init__(self) -> None:
        if self.seeds < 2 or not self.deviation >= 0:
            raise ValueError(f"a spread of {self.deviation} from {self.seeds} seeds")

    @property
    def scale(self) -> float:
        """Standard errors a deviation: √(1 + 1/s) for a new run, √(1/s) for the mean."""
        return math.sqrt(self.new_run + 1 / self.seeds)


def spread_of(
    values: Sequence[float], *, new_run: bool = True, hidden_variance: float = 0.0
) -> SeedSpread:
    """The spread of these values, one per seed.

    Args:
        values: two or more.
        new_run: as in `SeedSpread`.
        hidden_variance: what rounding hides of the values' own variance, see
            `WHOLE_NUMBER_VARIANCE`; without it, equal whole numbers would claim no spread at all.

    Raises:
        ValueError: fewer than two values.
    """
    deviation = standard_deviation(values)
    if deviation is None:
        raise ValueError("the spread of fewer than two seeds")
    return SeedSpread(math.sqrt(deviation**2 + hidden_variance), len(values), new_run)


@dataclass(frozen=True)
class Band:
    """The interval around a measured value in which chance alone explains a documented one.

    Its half-width is

        √( Σᵢ (t(sᵢ−1)·sdᵢ·scaleᵢ)² + z²·v ) + r

    Scaling each source by its own quantile keeps at least the nominal level (Banerji 1960, "On
    Confidence Interval for Two-Means Problem", Sankhyā 22; the error rates are simulated in the
    tests).

    Attributes:
        spreads: of each approach that has a part in the value.
        sampling: v, the variance from the draw of the images, in the unit squared.
        rounding: r, half of the printed step.
        level: of the interval.
    """

    spreads: tuple[SeedSpread, ...] = ()
    sampling: float = 0.0
    rounding: float = 0.0
    level: float = LEVEL

    @property
    def half_width(self) -> float:
        """In the unit of the values."""
        deviations = [spread.deviation for spread in self.spreads]
        return float(self.half_widths(deviations))

    def half_widths(self, deviations: Sequence[ArrayLike]) -> NDArray[np.float64]:
        """The half-width had the seeds had other deviations; of many at once.

        Args:
            deviations: for each of `spreads` its standard deviations, of shapes that broadcast.
        """
        squares = np.asarray(normal_quantile(self.level) ** 2 * self.sampling)
        for spread, deviation in zip(self.spreads, deviations, strict=True):
            reach = t_quantile(spread.seeds - 1, self.level) * spread.scale
            squares = squares + (reach * np.asarray(deviation)) ** 2
        return np.sqrt(squares) + self.rounding

    @property
    def narrowest(self) -> float:
        """What the half-width tends to with ever more seeds whose deviation stays this one."""
        z = normal_quantile(self.level)
        own = sum(spread.deviation**2 for spread in self.spreads if spread.new_run)
        return z * math.sqrt(own + self.sampling) + self.rounding

    @property
    def noise(self) -> float:
        """True standard deviation of (documented − measured), were the deviations known."""
        seeds = sum((spread.deviation * spread.scale) ** 2 for spread in self.spreads)
        return math.sqrt(seeds + self.sampling)

    def with_seeds(self, seeds: int) -> Band:
        """The same band, had every approach run so many seeds with the same deviation."""
        return replace(self, spreads=tuple(replace(s, seeds=seeds) for s in self.spreads))


def accuracy_variance(accuracy: float, images: int) -> float:
    """Variance of an accuracy from the draw of its images, p(1 − p)/n.

    Raises:
        ValueError: `images` < 1, or no accuracy between 0 and 1.
    """
    if images < 1 or not 0 <= accuracy <= 1:
        raise ValueError(f"accuracy {accuracy} on {images} images")
    return accuracy * (1 - accuracy) / images
