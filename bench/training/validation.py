"""Loss and accuracy of a network's logits, computed outside of the framework."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bench.records.logits import Places, log_probabilities, of_class


def validation_scores(
    logits: NDArray[np.floating], labels: NDArray[np.integer]
) -> tuple[float, float]:
    """Mean cross-entropy in nats, and accuracy, of logits (n, classes) for labels (n,).

    The log-softmax is taken in float64 and nothing is clipped; a tie of k classes at the top with
    the right one among them counts 1/k. Both are NaN where a logit is no number.
    """
    if not np.isfinite(logits).all():
        return math.nan, math.nan
    loss = -float(of_class(log_probabilities(logits), labels).mean())
    return loss, float(Places.of(logits, labels).among_first(1).mean())
