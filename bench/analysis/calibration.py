"""Does a confidence of 70 % mean being right in 70 of 100 cases?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Reliability:
    """Predictions by their confidence, over the equal bins that hold any.

    Attributes:
        confidence: float (bins,), mean probability of the predicted class.
        accuracy: float (bins,), fraction of right ones.
        images: int (bins,).
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    images: NDArray[np.int64]

    @property
    def expected_error(self) -> float:
        """The expected calibration error of these predictions taken together."""
        gap = np.abs(self.confidence - self.accuracy) * self.images
        return float(gap.sum() / self.images.sum())

    @property
    def overconfidence(self) -> float:
        """Mean confidence minus accuracy over all images; below 0 is too cautious."""
        gap = (self.confidence - self.accuracy) * self.images
        return float(gap.sum() / self.images.sum())


def reliability(bins: NDArray[np.float64]) -> Reliability:
    """The bins of one run, or of several taken together.

    Args:
        bins: float64 (seeds, 3, bins), see `bench.analysis.tally.Tally`.
    """
    images, sums, hits = bins.sum(axis=0)
    held = images > 0
    return Reliability(
        confidence=sums[held] / images[held],
        accuracy=hits[held] / images[held],
        images=images[held].astype(np.int64),
    )
