"""What must hold within one record, whoever wrote it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from statistics import median
from typing import Any

from bench.planning.datasets import installed_datasets
from bench.records.metrics import Scores
from bench.records.migration import key_of
from bench.records.record import RunRecord
from bench.verification.problem import Finding, unequal
from datasets.splits import tail_split

# Of one side's standard error: validation and test images come from one source.
HELD_OUT_DISTANCE = 6.0
# Running means are float32.
_COUNT_TOLERANCE = 0.01
# Seconds: `started` and `finished` are whole ones, and writing a record takes time.
_CLOCK_TOLERANCE = 5.0


def check_record(
    record: RunRecord, tiers: Mapping[str, Mapping[str, Any]], protocols: frozenset[str] | None
) -> Iterator[Finding]:
    """Every disagreement within a record.

    Args:
        record: of a finished run.
        tiers: parameters of every tier that is known, by its name.
        protocols: digests of every protocol that was committed; `None` where none is known.
    """
    yield from unequal("key", key_of(record), record.key)
    if record.tier.name in tiers:
        yield from unequal(
            f"tier {record.tier.name}", dict(tiers[record.tier.name]), record.tier.parameters
        )
    yield from _check_sizes(record)
    yield from _check_counts(record)
    yield from _check_history(record)
    yield from _check_held_out(record)
    yield from _check_timings(record)
    yield from _check_model(record)
    if protocols is not None and record.protocol is not None and record.protocol not in protocols:
        yield Finding("protocol", f"one of {', '.join(sorted(protocols))}", record.protocol)


def network_recipe(record: RunRecord) -> dict[str, Any]:
    """The recipe of the network; a forest's holds that of the one it reads; empty if malformed."""
    recipe = record.recipe.get("network", record.recipe)
    return recipe if isinstance(recipe, dict) else {}


def is_forest(record: RunRecord) -> bool:
    """Whether what was fitted has trees instead of epochs."""
    return "trees" in record.recipe


def epoch_cap(record: RunRecord) -> int | None:
    """The most epochs that recipe and tier allow; `None` where the recipe does not say."""
    epochs, cap = record.recipe.get("epochs"), record.tier.parameters.get("max_epochs")
    if not isinstance(epochs, int):
        return None
    return min(epochs, cap) if isinstance(cap, int) else epochs


def _check_sizes(record: RunRecord) -> Iterator[Finding]:
    data, tier, classes = record.dataset, record.tier.parameters, len(record.per_class_accuracy)
    known = installed_datasets()
    sizes = known.get(data.name).sizes if data.name in known else None
    together = data.train_images + data.validation_images
    counts = [("dataset.test_images", "test_per_class", data.test_images)]
    if not record.supplied:
        counts.insert(0, ("training and validation images", "train_per_class", together))
    for what, name, found in counts:
        held = getattr(sizes, name, None)
        limits = [limit for limit in (tier.get(name), held) if isinstance(limit, int)]
        # A data set that promises no sizes may have fewer images of a class than the tier takes.
        if held or (limits and found > min(limits) * classes):
            yield from unequal(what, min(limits) * classes, found)
    split = network_recipe(record).get("split")
    if isinstance(split, dict) and split.get("kind") == "tail" and data.validation_images:
        fraction = split.get("fraction")
        if isinstance(fraction, float) and 0 < math.floor(together * (1 - fraction)) < together:
            wanted = len(tail_split(together, fraction)[0])
            yield from unequal("dataset.train_images", wanted, data.train_images)
    for name, scores in _scores(record):
        images = getattr(data, f"{name.rpartition('.')[2]}_images")
        yield from unequal(f"{name}.images", images, scores.images)


def _scores(record: RunRecord) -> Iterator[tuple[str, Scores]]:
    named = [("", record), *((f"readings.{name}.", r) for name, r in record.readings.items())]
    for prefix, holder in named:
        for part in ("train", "validation", "test"):
            if (scores := getattr(holder, part)) is not None:
                yield prefix + part, scores


def _check_counts(record: RunRecord) -> Iterator[Finding]:
    """An accuracy is a number of images over their number, and a top-5 hit holds every top-1.

    Since ties count as ties, votes (of what has no epochs) give fractions of an image.
    """
    whole = record.code_version == 1 or bool(record.history)
    for name, scores in _scores(record):
        if whole:
            yield from _whole(f"{name}.accuracy", scores.accuracy, scores.images)
        if scores.top5_accuracy is not None:
            if whole:
                yield from _whole(f"{name}.top5_accuracy", scores.top5_accuracy, scores.images)
            if scores.top5_accuracy < scores.accuracy:
                wanted = f"{scores.accuracy} or more"
                yield Finding(f"{name}.top5_accuracy", wanted, scores.top5_accuracy)


def _whole(what: str, fraction: float | None, images: int) -> Iterator[Finding]:
    if fraction is not None and images:
        right = fraction * images
        if abs(right - round(right)) > _COUNT_TOLERANCE:
            yield Finding(what, f"a whole number of {images} images", f"{fraction} ({right:.3f})")


def _check_history(record: RunRecord) -> Iterator[Finding]:
    history, cap = record.history, epoch_cap(record)
    if is_forest(record):
        yield from unequal("history", 0, len(history))
        return
    for number, epoch in enumerate(history, 1):
        where = f"history[{number}]"
        yield from _whole(f"{where}.accuracy", epoch.accuracy, record.dataset.train_images)
        images = record.dataset.validation_images
        yield from _whole(f"{where}.validation_accuracy", epoch.validation_accuracy, images)
    if record.best_epoch is not None and not 1 <= record.best_epoch <= len(history):
        yield Finding("best_epoch", f"1 to {len(history)}", record.best_epoch)
        return
    if cap is not None:
        yield from _check_length(record, cap)
    kept = record.kept_epoch
    if kept and record.validation and kept.validation_accuracy is not None:
        yield from _same_weights(
            "validation.accuracy", kept.validation_accuracy, record.validation.accuracy, record
        )
    for name, reading in record.readings.items():
        if reading.validation and reading.epoch and reading.epoch <= len(history):
            at_epoch = history[reading.epoch - 1].validation_accuracy
            if at_epoch is not None:
                what = f"readings.{name}.validation.accuracy"
                yield from _same_weights(what, at_epoch, reading.validation.accuracy, record)


def _same_weights(what: str, epoch: float, scored: float, record: RunRecord) -> Iterator[Finding]:
    """The same images through the same weights; batches of another size may tip a rounding."""
    images = record.dataset.validation_images
    if abs(epoch - scored) * images > 1 + images / 1000:
        yield Finding(what, f"{epoch}, as at its epoch", scored)


def _check_length(record: RunRecord, cap: int) -> Iterator[Finding]:
    history, stopping = record.history, record.recipe.get("early_stopping")
    losses = [epoch.validation_loss for epoch in history]
    if not isinstance(stopping, dict):
        yield from unequal("diverged", None, record.diverged)
        yield from unequal("history", f"{cap} epochs", f"{len(history)} epochs")
        return
    sound = [loss if loss is not None and math.isfinite(loss) else math.inf for loss in losses]
    best = sound.index(min(sound)) + 1 if sound else None
    # Records of the first code version kept the best weights wherever they stopped early.
    restores = stopping.get("restore_best_weights", record.code_version == 1)
    yield from unequal("best_epoch", best if restores else None, record.best_epoch)
    patience = stopping.get("patience")
    if record.diverged is not None:
        # What keeps no epoch before the last has no record of a training that diverged.
        yield from unequal("diverged", len(history) + 1 if restores else None, record.diverged)
        return
    if best is not None and isinstance(patience, int):
        wanted = min(best + max(1, patience), cap)
        yield from unequal("history", f"{wanted} epochs", f"{len(history)} epochs")


def _check_held_out(record: RunRecord) -> Iterator[Finding]:
    """Neither validation nor test images were fitted, so both say the same within their errors."""
    if record.validation is None:
        return
    sizes = record.validation.images, record.test.images
    error = math.sqrt(sum(0.25 / images for images in sizes))
    if abs(record.validation.accuracy - record.test.accuracy) > HELD_OUT_DISTANCE * error:
        wanted = f"within {HELD_OUT_DISTANCE:g} standard errors of validation.accuracy"
        found = f"{record.test.accuracy} beside {record.validation.accuracy}"
        yield Finding("test.accuracy", wanted, found)


def _check_timings(record: RunRecord) -> Iterator[Finding]:
    timings = record.timings
    if record.history:
        seconds = [epoch.seconds for epoch in record.history]
        if not math.isclose(sum(seconds), timings.training, rel_tol=1e-6, abs_tol=1e-6):
            yield Finding("timings.training", f"{sum(seconds)}, of all epochs", timings.training)
        typical, rate = median(seconds), timings.training_images_per_second
        if typical and not math.isclose(record.dataset.train_images / typical, rate, rel_tol=1e-6):
            yield Finding(
                "timings.training_images_per_second", record.dataset.train_images / typical, rate
            )
    if record.finished is None:
        # Before schema 3 the total of a run that was interrupted was that of its last start.
        if record.protocol is not None:
            yield Finding("finished", "a time, as the run followed a protocol", None)
        return
    parts = timings.features + timings.training
    if timings.total < parts - _tolerance(parts):
        least = f"at least {parts:.1f}, features and training together"
        yield Finding("timings.total", least, timings.total)
    yield from _check_clock(record, record.finished)


def _check_clock(record: RunRecord, finished: str) -> Iterator[Finding]:
    try:
        span = datetime.fromisoformat(finished) - datetime.fromisoformat(record.started)
    except (ValueError, TypeError):
        yield Finding("started and finished", "two times", f"{record.started} and {finished}")
        return
    total, spent = record.timings.total, span.total_seconds()
    if record.attempts == 1 and abs(spent - total) > _tolerance(total):
        yield Finding("timings.total", f"{spent:.0f}, from start to finish", total)


def _tolerance(seconds: float) -> float:
    return _CLOCK_TOLERANCE + 0.01 * seconds


def _check_model(record: RunRecord) -> Iterator[Finding]:
    model = record.model
    counts = model.trainable_parameters, model.non_trainable_parameters
    if model.parameters is None or None in counts:
        yield from unequal("model", (None, None, None), (model.parameters, *counts))
    else:
        yield from unequal("model.parameters", sum(n for n in counts if n), model.parameters)
