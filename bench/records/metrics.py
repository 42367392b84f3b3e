"""The scores of a set of predictions."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from bench.records.predictions import Predictions

Fraction = Annotated[float, Field(ge=0, le=1)]
CALIBRATION_BINS = 15


class Scores(BaseModel):
    """How well one model does on one part of the data. All rates are fractions, not per cent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    images: int = Field(gt=0, description="images scored")
    accuracy: Fraction = Field(
        description="fraction whose predicted class is right; a tie of k counts 1/k"
    )
    top5_accuracy: Fraction = Field(
        description="fraction whose five most probable hold the right class"
    )
    loss: float = Field(ge=0, description="mean cross-entropy, in nats")
    calibration_error: Fraction = Field(
        description="expected calibration error over 15 equal bins of confidence (Guo et al. 2017)"
    )


def score(predictions: Predictions) -> Scores:
    """Derive the scores from stored predictions; the same input gives the same bits here.

    On another kind of processor the last bits of the calibration error may differ, as those of an
    exponential do there.

    No score depends on the order of the classes: where k classes share the top, the right one
    among them counts 1/k, and among the first five as often as random orders would put it there.
    """
    credit = predictions.credit
    return Scores(
        images=len(credit),
        accuracy=float(credit.mean()),
        top5_accuracy=float(predictions.top_credit.mean()),
        loss=max(0.0, -float(predictions.label_log_probability.astype(np.float64).mean())),
        calibration_error=expected_calibration_error(predictions.top_probability[:, 0], credit),
    )


def expected_calibration_error(
    confidence: NDArray[np.float64], credit: NDArray[np.float64], bins: int = CALIBRATION_BINS
) -> float:
    """Mean distance between confidence and accuracy, over equal bins weighted by their size.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3.

    Args:
        confidence: float64 (n,), probability of the predicted class.
        credit: float64 (n,), 1 where it is right, 0 where not, a fraction in a tie.
        bins: how many equal ones from 0 to 1.
    """
    which = confidence_bin(confidence, bins)
    gap = np.bincount(which, weights=confidence - credit, minlength=bins)
    return float(min(1.0, np.abs(gap).sum() / len(credit)))


def confidence_bin(
    confidence: NDArray[np.float64], bins: int = CALIBRATION_BINS
) -> NDArray[np.int64]:
    """Int64, the number of the equal bin of 0 to 1 that each confidence falls into, from 0."""
    return np.minimum((confidence * bins).astype(np.int64), bins - 1)


def per_class_accuracy(predictions: Predictions, classes: int) -> tuple[float | None, ...]:
    """Accuracy of each fine class (its recall), `None` for a class without an image."""
    total = np.bincount(predictions.label, minlength=classes)
    right = np.bincount(predictions.label, weights=predictions.credit, minlength=classes)
    return tuple(
        float(r / t) if t else None for r, t in zip(right.tolist(), total.tolist(), strict=True)
    )
