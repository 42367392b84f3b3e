"""Whether two fits came out the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.checks.subject import Fitted

# Of float32 sums whose order threads may change; another seed moves far more.
TOLERANCE = 1e-4


def difference(one: Fitted, other: Fitted, of: NDArray[np.integer] | None = None) -> str:
    """What differs between two fits, in words; empty where nothing does.

    Args:
        one: a fit.
        other: another.
        of: positions of the test images whose predictions count; all unless given.
    """
    first, second = one.outcome, other.outcome
    numbers = {
        "training loss of an epoch": _close(
            [epoch.loss for epoch in first.history], [epoch.loss for epoch in second.history]
        ),
        "training loss": _close([first.train.loss], [second.train.loss]),
        "validation loss": _close([first.validation.loss], [second.validation.loss]),
    }
    chosen = slice(None) if of is None else of
    for name in ("label_log_probability", "top_log_probability"):
        pair = getattr(first.test, name), getattr(second.test, name)
        if pair[0].shape[1:] != pair[1].shape[1:] or len(pair[0]) != len(pair[1]):
            return "number of test predictions"
        numbers["test predictions"] = numbers.get("test predictions", True) and _close(
            pair[0][chosen].ravel(), pair[1][chosen].ravel()
        )
    return ", ".join(name for name, same in numbers.items() if not same)


def _close(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and bool(
        np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    )
