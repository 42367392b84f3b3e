"""From the records of one row to the facts that claims are held against."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.analysis.evidence import ApproachFacts, Curve
from bench.analysis.quantities import MEASURES, Kind
from bench.approaches.claims import READINGS, Quantity, Reading
from bench.records.metrics import Scores
from bench.records.record import EpochPart, RunRecord


def facts_of(
    records: Sequence[RunRecord],
    *,
    confusion: NDArray[np.int64] | None = None,
    fitted: bool = False,
) -> ApproachFacts:
    """What a row's records say of every quantity under every reading.

    Args:
        records: one per seed, of one recipe.
        confusion: as in `ApproachFacts`.
        fitted: likewise.
    """
    found = {
        (quantity, reading): [value_of(quantity, reading, record) for record in records]
        for quantity in MEASURES
        for reading in READINGS
    }
    return ApproachFacts(
        values={
            key: tuple(value for value in values if value is not None)
            for key, values in found.items()
            if None not in values
        },
        images={
            split: scores.images
            for split in ("train", "validation", "test")
            if (scores := getattr(records[0], split)) is not None
        },
        curves=tuple(_curve(record) for record in records if record.history),
        confusion=confusion,
        fitted=fitted,
    )


def value_of(quantity: Quantity, reading: Reading, record: RunRecord) -> float | None:
    """What a record says of a quantity under a reading; `None` where it does not say it.

    Training scores while fitting are the running means over the batches of the reading's epoch,
    as Keras prints them, with dropout at work. A forest has no epochs: both readings are of the
    one forest, and so are its training scores.
    """
    measure = MEASURES[quantity]
    if measure.kind is Kind.EPOCHS:
        return float(len(record.history)) if record.history else None
    if measure.split is None:
        count = getattr(record.model, measure.field)
        return None if count is None else float(count)
    epoch = _epoch(reading, record)
    if measure.split == "train" and reading.fitting and epoch is not None:
        return float(getattr(epoch, measure.field))
    scores = _scores(measure.split, reading, record)
    if scores is not None:
        return float(getattr(scores, measure.field))
    if measure.split == "validation" and epoch is not None:
        value = getattr(epoch, f"validation_{measure.field}")
        return None if value is None else float(value)
    return None


def _epoch(reading: Reading, record: RunRecord) -> EpochPart | None:
    """The epoch after which the reading's weights were taken."""
    if not record.history:
        return None
    return record.history[(_best(record) if reading.weights == "best" else len(record.history)) - 1]


def _best(record: RunRecord) -> int:
    """1-based, the epoch with the lowest validation loss; the last where none has a loss."""
    losses = {
        number: epoch.validation_loss
        for number, epoch in enumerate(record.history, 1)
        if epoch.validation_loss is not None and not math.isnan(epoch.validation_loss)
    }
    return min(losses, key=lambda number: losses[number], default=len(record.history))


def _scores(split: str, reading: Reading, record: RunRecord) -> Scores | None:
    if reading.weights in record.readings:
        scores: Scores | None = getattr(record.readings[reading.weights], split)
        return scores
    # Older records have the scores of one set of weights, those that were kept.
    kept = record.best_epoch or len(record.history)
    wanted = _best(record) if reading.weights == "best" else len(record.history)
    if record.history and kept != wanted:
        return None
    own: Scores | None = getattr(record, split)
    return own


def _curve(record: RunRecord) -> Curve:
    validation = [epoch.validation_accuracy for epoch in record.history]
    return Curve(
        train_accuracy=tuple(epoch.accuracy for epoch in record.history),
        train_loss=tuple(epoch.loss for epoch in record.history),
        validation_accuracy=()
        if None in validation
        else tuple(value for value in validation if value is not None),
    )
