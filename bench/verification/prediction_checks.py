"""What must hold of one run's predictions: within themselves, and against record and images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bench.records.metrics import Scores, per_class_accuracy, score
from bench.records.predictions import Predictions
from bench.records.record import RunRecord
from bench.verification.problem import Finding, unequal
from datasets.image_dataset import ImageDataset
from datasets.splits import stratified_subset

# Whatever the run's seed, a tier takes the same images (`bench.inputs.splits`).
SUBSET_SEED = 0
# Of a natural logarithm, where both sides are float16 and the probability is above `_VISIBLE`.
_ROUNDING = 0.01
_VISIBLE = 1e-3
# Of the one score that holds exponentials: processors differ in their last bits.
_INEXACT, _LAST_BITS = "calibration_error", 1e-12


def check_scores(record: RunRecord, predictions: Predictions) -> Iterator[Finding]:
    """Scores of the record that do not follow from the predictions."""
    yield from unequal_scores("test", score(predictions), record.test)
    classes = len(record.per_class_accuracy)
    highest = int(predictions.label.max())
    if highest >= classes:
        yield Finding("number of classes", f"more than {highest}", classes)
        return
    derived = per_class_accuracy(predictions, classes)
    for number, pair in enumerate(zip(derived, record.per_class_accuracy, strict=True)):
        yield from unequal(f"per_class_accuracy[{number}]", *pair)


def unequal_scores(where: str, derived: Scores, stored: Scores | None) -> Iterator[Finding]:
    """Scores that differ: to the last bit, but for what processors compute differently there.

    Args:
        where: the place of the stored ones in their record.
        derived: from predictions, here.
        stored: by the machine that recorded them; none are a difference too.
    """
    if stored is None:
        yield Finding(where, derived, stored)
        return
    for name, value in derived.model_dump().items():
        found = getattr(stored, name)
        if name == _INEXACT and math.isclose(value, found, rel_tol=0, abs_tol=_LAST_BITS):
            continue
        yield from unequal(f"{where}.{name}", value, found)


def check_predictions(predictions: Predictions) -> Iterator[Finding]:
    """What no softmax and no forest gives: an edit leaves it behind."""
    if len(np.unique(predictions.index)) != len(predictions.index):
        yield Finding("index", "every image once", "images that are there several times")
    if (predictions.index < 0).any():
        yield Finding("index", "positions from 0", "negative ones")
    ordered = np.sort(predictions.top_class, axis=1)
    if (ordered[:, 1:] == ordered[:, :-1]).any():
        yield Finding("top_class", "five different classes an image", "a class twice")
    top = predictions.top_probability.astype(np.float64)
    of_label = predictions.label_log_probability.astype(np.float64)
    if not (np.isfinite(top).all() and np.isfinite(of_label).all()):
        yield Finding("probabilities", "finite numbers", "others")
        return
    if (np.diff(top, axis=1) > 0).any():
        yield Finding("top_probability", "the predicted class first", "a more probable one behind")
    if (top < 0).any() or (top.sum(axis=1) > 1.01).any():
        yield Finding("top_probability", "0 to 1 in all", "more or less")
    hit = predictions.top_class == predictions.label[:, None]
    among = hit.any(axis=1)
    stated = np.log(np.maximum(np.where(among, (top * hit).sum(axis=1), top[:, -1]), _VISIBLE))
    visible = stated > np.log(_VISIBLE)
    beyond = np.where(among, np.abs(of_label - stated), of_label - stated)
    if (count := int((visible & (beyond > _ROUNDING)).sum())) > 0:
        yield Finding(
            "label_log_probability",
            "that of the right class as the top five have it",
            f"another for {count} of {len(among)} images",
        )


def check_against_images(
    record: RunRecord, predictions: Predictions, images: ImageDataset
) -> Iterator[Finding]:
    """Whether the images are those of the data set, and their labels the right ones."""
    test, per_class = images.test.fine, record.tier.parameters.get("test_per_class")
    chosen = _chosen(images, per_class if isinstance(per_class, int) else None)
    index = predictions.index
    missing = len(np.setdiff1d(chosen, index))
    foreign = len(np.setdiff1d(index, chosen))
    if missing or foreign or len(index) != len(chosen):
        found = f"{len(index)}, {missing} missing and {foreign} of no place in the tier"
        yield Finding("index", f"the tier's {len(chosen)} test images", found)
    known = (index >= 0) & (index < len(test))
    wrong = int((test[index[known]] != predictions.label[known]).sum())
    if wrong:
        yield Finding("label", "the data set's", f"{wrong} others of {len(index)}")
    yield from unequal("classes", images.num_classes, len(record.per_class_accuracy))
    yield from unequal("content digest", images.content_digest, record.dataset.content_digest)


@lru_cache(maxsize=16)
def _chosen(images: ImageDataset, per_class: int | None) -> NDArray[np.int64]:
    """The test images of a tier; drawing them takes longer than all else that is checked."""
    if per_class is None:
        return np.arange(len(images.test))
    return stratified_subset(images.test.fine, per_class, SUBSET_SEED)
