"""Exact arithmetic on a model's output: log-probabilities, and places that know of ties.

Nothing here depends on the order of the classes, to the last bit: sums run over sorted values, and
classes with the same score share their places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError


def log_probabilities(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """The log-softmax of logits (n, classes), float64 (n, classes), in nats.

    A softmax in float32 is 0 where a logit lies 104 or more under the largest one, and its
    logarithm is lost; here logits may lie as far apart as float32 can say.

    Raises:
        BenchError: a logit is infinite or NaN.
    """
    require_finite(logits)
    # Infinite only where float64 logits lie further apart than float64 reaches, where it is right.
    below = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    # Sorted, as the sum's last bit would depend on the order of the classes.
    total = np.exp(np.sort(below, axis=1)).sum(axis=1, keepdims=True)
    return below - np.log(total)


def require_finite(scores: NDArray[np.floating]) -> None:
    """Do nothing if every score is a number.

    Raises:
        BenchError: one is infinite or NaN.
    """
    finite = np.isfinite(scores)
    if not finite.all():
        raise BenchError(
            f"the model's output is not finite for {int((~finite.all(axis=1)).sum())} of "
            f"{len(scores)} images; its training diverged: lower the recipe's learning rate"
        )


@dataclass(frozen=True)
class Places:
    """Where the right class of each image stands among all classes, from 0, best first.

    Classes with the same score share their places: `first` of them is that of the best among
    them, `last` that of the worst. Without a tie both are the same.

    Attributes:
        first: uint8 (n,), how many classes have a higher score.
        last: uint8 (n,), how many other classes have a score as high or higher.
    """

    first: NDArray[np.uint8]
    last: NDArray[np.uint8]

    @classmethod
    def of(cls, scores: NDArray[np.floating], label: NDArray[np.integer]) -> Places:
        """Places of the classes `label`, int (n,), by scores (n, classes), larger is better."""
        of_label = of_class(scores, label)[:, None]
        return cls(
            (scores > of_label).sum(axis=1).astype(np.uint8),
            ((scores >= of_label).sum(axis=1) - 1).astype(np.uint8),
        )

    def among_first(self, k: int) -> NDArray[np.float64]:
        """The probability that the right class is among the k best, float64 (n,).

        1 or 0 without a tie; over a tie the mean of all orders that its classes could stand in.
        """
        first, last = self.first.astype(np.int64), self.last.astype(np.int64)
        within: NDArray[np.float64] = np.clip(k - first, 0, last - first + 1) / (last - first + 1)
        return within


def of_class(values: NDArray[Any], label: NDArray[np.integer]) -> NDArray[Any]:
    """The value of the class `label`, int (n,), in each row of `values` (n, classes)."""
    return np.take_along_axis(values, label[:, None].astype(np.int64), axis=1)[:, 0]
