"""What kind of number each documented quantity is, and where a record keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bench.approaches.claims import Quantity


class Kind(StrEnum):
    """By which rule a quantity is judged, and in which unit it is written."""

    ACCURACY = "accuracy"
    LOSS = "loss"
    COUNT = "count"
    EPOCHS = "epochs"


@dataclass(frozen=True)
class Measure:
    """One quantity.

    Attributes:
        kind: see `Kind`.
        field: name in the record's scores, or in its model's sizes; epochs have none.
        split: whose scores hold it; `None` for what is not scored on images.
    """

    kind: Kind
    field: str = ""
    split: Literal["train", "validation", "test"] | None = None


MEASURES: Mapping[Quantity, Measure] = {
    "test_accuracy": Measure(Kind.ACCURACY, "accuracy", "test"),
    "train_accuracy": Measure(Kind.ACCURACY, "accuracy", "train"),
    "train_loss": Measure(Kind.LOSS, "loss", "train"),
    "validation_accuracy": Measure(Kind.ACCURACY, "accuracy", "validation"),
    "validation_loss": Measure(Kind.LOSS, "loss", "validation"),
    "parameters": Measure(Kind.COUNT, "parameters"),
    "trainable_parameters": Measure(Kind.COUNT, "trainable_parameters"),
    "non_trainable_parameters": Measure(Kind.COUNT, "non_trainable_parameters"),
    "epochs": Measure(Kind.EPOCHS),
}
