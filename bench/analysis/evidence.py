"""What was measured, as the rules for claims take it: numbers over seeds, without records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.approaches.claims import Quantity, Reading


@dataclass(frozen=True)
class Curve:
    """One training, epoch by epoch.

    Attributes:
        train_accuracy: fractions, one per epoch: running means while fitting.
        train_loss: nats, likewise.
        validation_accuracy: fractions, after each epoch; empty without a validation split.
    """

    train_accuracy: tuple[float, ...]
    train_loss: tuple[float, ...]
    validation_accuracy: tuple[float, ...] = ()


@dataclass(frozen=True)
class ApproachFacts:
    """One approach over its seeds.

    Attributes:
        values: of each quantity under each reading, one per seed, in the order of the seeds; a
            pair that was not measured is missing.
        images: how many each split has: "train", "validation", "test".
        curves: one per seed; empty for what has no epochs.
        confusion: int64 (seeds, classes, classes), test images of the row's class named as the
            column's; `None` where no predictions were kept.
        fitted: whether the recipe was chosen by looking at a documented number.
    """

    values: Mapping[tuple[Quantity, Reading], tuple[float, ...]]
    images: Mapping[str, int] = field(default_factory=dict)
    curves: tuple[Curve, ...] = ()
    confusion: NDArray[np.int64] | None = None
    fitted: bool = False

    def of(self, quantity: Quantity, reading: Reading) -> tuple[float, ...]:
        """One value per seed; empty where it was not measured."""
        return self.values.get((quantity, reading), ())

    def images_of(self, quantity: Quantity) -> int:
        """Images that a score was measured on; 0 where that is not known or makes no sense."""
        return self.images.get(quantity.partition("_")[0], 0)


@dataclass(frozen=True)
class DatasetFacts:
    """What was counted in a data set.

    Attributes:
        class_names: by label.
        train_counts: images of each class in the training split.
        test_counts: likewise in the test split.
        image_shape: height, width, channels.
    """

    class_names: tuple[str, ...]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]
    image_shape: tuple[int, int, int]


@dataclass(frozen=True)
class PublishedFact:
    """One published result: its accuracy, and whether it used extra training data."""

    accuracy: float
    extra_data: bool


@dataclass(frozen=True)
class Evidence:
    """Everything that claims may be held against.

    Attributes:
        approaches: facts by the name that a claim's terms use.
        dataset: `None` where the data was not looked at.
        published: in any order.
    """

    approaches: Mapping[str, ApproachFacts] = field(default_factory=dict)
    dataset: DatasetFacts | None = None
    published: tuple[PublishedFact, ...] = ()
