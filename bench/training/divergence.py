"""A training whose numbers are none any more."""

from __future__ import annotations

import math
from collections.abc import Iterable

import keras
import numpy as np

from bench.errors import RunError


class Diverged(RunError):  # noqa: N818
    """A training diverged and leaves nothing that its recipe would keep.

    Attributes:
        epoch: the first unsound one, from 1; the checkpoint holds the epoch before it.
    """

    def __init__(self, epoch: int, what: str) -> None:
        super().__init__(
            f"the training diverged in epoch {epoch}: {what}; lower the recipe's learning rate"
        )
        self.epoch = epoch


def unsound(scores: dict[str, float | None], variables: Iterable[keras.Variable]) -> str | None:
    """What is infinite or NaN after an epoch, in words; `None` when all is sound.

    Args:
        scores: of the epoch by their names; those that are `None` were not taken.
        variables: all that the next epoch starts from, among them the optimizer's.
    """
    for name, value in scores.items():
        if value is not None and not math.isfinite(value):
            return f"its {name} is {value}"
    for variable in variables:
        values = keras.ops.convert_to_numpy(variable)
        if np.issubdtype(values.dtype, np.floating) and not np.isfinite(values).all():
            return f"{variable.path} is not finite"
    return None
