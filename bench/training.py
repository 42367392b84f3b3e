"""Training of one network: epochs, validation, early stopping, continuation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bench.checkpoints import Checkpoint
from bench.recipes import NetworkRecipe, Optimizer
from bench.records import EpochPart
from bench.rows import Rows, slab_length

PREDICT_BATCH = 256


@dataclass(frozen=True)
class Labelled:
    """Rows and their fine labels, uint8 (n,)."""

    rows: Rows
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Fit:
    """The course of a training.

    Attributes:
        history: one entry an epoch.
        best_epoch: 1-based, whose weights were kept; `None` without early stopping.
    """

    history: tuple[EpochPart, ...]
    best_epoch: int | None


def with_input_pipeline(
    network: keras.Model, recipe: NetworkRecipe, rows: Rows, seed: int
) -> keras.Model:
    """The network behind its augmentation and scaling, in one graph, fed with raw rows."""
    steps: list[Any] = [keras.Input(rows.row_shape, dtype=rows.dtype.name)]
    if recipe.augmentation is not None:
        from datasets.augmentation_layer import RandomAffine

        steps.append(RandomAffine(recipe.augmentation, seed=seed))
    if recipe.trunk is None:
        steps.append(keras.layers.Rescaling(1 / 255 if recipe.scaling == "unit" else 1.0))
    return keras.Sequential([*steps, network], name="pipeline")


def fit(
    pipeline: keras.Model,
    recipe: NetworkRecipe,
    train: Labelled,
    validation: Labelled | None,
    *,
    epochs: int,
    seed: int,
    checkpoint: Path | None = None,
    on_epoch: Callable[[int, EpochPart], None] = lambda epoch, result: None,
    on_continue: Callable[[tuple[EpochPart, ...]], None] = lambda history: None,
) -> Fit:
    """Train `pipeline` in place, from its checkpoint where there is one.

    The order of the pictures is drawn from (seed, epoch) alone, so a continued training sees the
    same batches as one that was never stopped.

    Args:
        pipeline: what `with_input_pipeline` made.
        recipe: optimizer, batch size and early stopping.
        train: what to train on.
        validation: scored after each epoch.
        epochs: how many at most.
        seed: of the order.
        checkpoint: file for the state after each epoch, removed by the caller when it is done.
        on_epoch: told each finished epoch, counted from 1.
        on_continue: told the epochs that the checkpoint has.
    """
    pipeline.compile(
        optimizer=_build(recipe.optimizer),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history: list[EpochPart] = []
    best: list[NDArray[Any]] | None = None
    kept = Checkpoint.load(checkpoint) if checkpoint else None
    if kept is not None:
        kept.restore(pipeline)
        history, best = list(kept.history), list(kept.best) or None
        on_continue(kept.history)
    while len(history) < epochs and not _exhausted(history, recipe):
        epoch = len(history) + 1
        started = time.perf_counter()
        loss, accuracy = _train_epoch(pipeline, train, recipe.batch_size, (seed, epoch))
        seconds = time.perf_counter() - started
        scored = _validate(pipeline, validation) if validation else (None, None)
        history.append(
            EpochPart(
                loss=loss,
                accuracy=accuracy,
                validation_loss=scored[0],
                validation_accuracy=scored[1],
                seconds=seconds,
            )
        )
        if recipe.early_stopping and best_epoch(history) == epoch:
            best = pipeline.get_weights()
        # After the last epoch the record follows at once, and a large head's state takes seconds.
        if checkpoint and epoch < epochs:
            Checkpoint.of(pipeline, history, best).save(checkpoint)
        on_epoch(epoch, history[-1])
    if best is not None:
        pipeline.set_weights(best)
    return Fit(tuple(history), best_epoch(history) if recipe.early_stopping else None)


def predict(model: keras.Model, rows: Rows) -> NDArray[np.float32]:
    """The model's output for every row, float32 (n, ...); never more than a slab is held."""
    length = slab_length(rows, PREDICT_BATCH)
    return np.concatenate(
        [
            model.predict(
                rows.take(np.arange(start, min(start + length, len(rows)))),
                batch_size=PREDICT_BATCH,
                verbose=0,
            )
            for start in range(0, len(rows), length)
        ]
    )


def best_epoch(history: list[EpochPart]) -> int:
    """The 1-based epoch of the lowest validation loss, the first of equals."""
    losses = [np.inf if e.validation_loss is None else e.validation_loss for e in history]
    return int(np.argmin(losses)) + 1


def _exhausted(history: list[EpochPart], recipe: NetworkRecipe) -> bool:
    stopping = recipe.early_stopping
    return bool(stopping and history and len(history) - best_epoch(history) >= stopping.patience)


def _build(optimizer: Optimizer) -> keras.optimizers.Optimizer:
    options: dict[str, float] = {"learning_rate": optimizer.learning_rate}
    if optimizer.momentum:
        options["momentum"] = optimizer.momentum
    return keras.optimizers.get({"class_name": optimizer.name, "config": options})


def _train_epoch(
    pipeline: keras.Model, train: Labelled, batch_size: int, stream: tuple[int, int]
) -> tuple[float, float]:
    order = np.random.default_rng(stream).permutation(len(train))
    length = slab_length(train.rows, batch_size)
    loss = accuracy = 0.0
    for start in range(0, len(order), length):
        index = order[start : start + length]
        logs = pipeline.fit(
            train.rows.take(index),
            train.labels[index],
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
        ).history
        loss += logs["loss"][0] * len(index)
        accuracy += logs["accuracy"][0] * len(index)
    return loss / len(order), min(1.0, accuracy / len(order))


def _validate(pipeline: keras.Model, validation: Labelled) -> tuple[float, float]:
    probabilities = predict(pipeline, validation.rows)
    of_label = probabilities[np.arange(len(validation)), validation.labels]
    right = probabilities.argmax(axis=1) == validation.labels
    floor = float(keras.config.epsilon())
    return float(-np.log(np.maximum(of_label, floor)).mean()), float(right.mean())
