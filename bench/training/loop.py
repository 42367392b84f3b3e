"""Training of one network: epochs, validation, early stopping, continuation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bench.approaches.recipes import NetworkRecipe, Optimizer
from bench.inputs.features import BackboneInput
from bench.inputs.samples import Labelled, Samples
from bench.records.record import EpochPart
from bench.system.devices import has_accelerator
from bench.training.checkpoints import Checkpoint
from bench.training.epochs import Augment, epoch_runner

PREDICT_BATCH = 256


@dataclass(frozen=True)
class Fit:
    """The state of a training.

    Attributes:
        history: one entry an epoch.
        best_epoch: 1-based, whose weights were kept; `None` without early stopping.
    """

    history: tuple[EpochPart, ...]
    best_epoch: int | None


def with_input_pipeline(
    network: keras.Model, recipe: NetworkRecipe, samples: Samples, seed: int
) -> keras.Model:
    """The network behind its augmentation and scaling, in one graph, fed with raw samples.

    On an accelerator the augmentation is part of the graph; on a CPU `augmentation_of` moves the
    images before they are fed, as float32.
    """
    outside = augmentation_of(recipe) is not None
    dtype = "float32" if outside else samples.dtype.name
    steps: list[Any] = [keras.Input(samples.sample_shape, dtype=dtype)]
    if recipe.augmentation is not None and not outside:
        from datasets.augmentation.layer import RandomAffine

        steps.append(RandomAffine(recipe.augmentation, seed=seed))
    if recipe.backbone is None:
        steps.append(keras.layers.Rescaling(1 / 255 if recipe.scaling == "unit" else 1.0))
    elif recipe.trains_backbone:
        steps.append(BackboneInput(recipe.backbone))
    return keras.Sequential([*steps, network], name="pipeline")


def augmentation_of(recipe: NetworkRecipe) -> Augment | None:
    """How images are moved outside of the graph: on a CPU, many times as fast as inside."""
    if recipe.augmentation is None or has_accelerator():
        return None
    from datasets.augmentation.arrays import augment

    return partial(augment, recipe.augmentation)


def fit(state: TrainingState, train: Labelled) -> Fit:
    """Train a pipeline in place, epoch by epoch, to the end of its state."""
    recipe = state.recipe
    run_epoch = epoch_runner(state.pipeline, train, recipe.batch_size, augmentation_of(recipe))
    while not state.finished:
        started = time.perf_counter()
        loss, accuracy = run_epoch(state.next_order(len(train)), state.stream)
        # After the last epoch the record follows at once, and a large head's state takes seconds.
        state.conclude_epoch(loss, accuracy, time.perf_counter() - started, keep_last=False)
    return state.result()


class TrainingState:
    """One pipeline on its way: what is asked for, what was done, and what is kept.

    The order of the images is drawn from (seed, epoch) alone, so a continued training sees the
    same batches as one that was never stopped.

    Args:
        pipeline: what `with_input_pipeline` made; compiled here, and restored from the checkpoint
            where there is one.
        recipe: optimizer, batch size and early stopping.
        validation: scored after each epoch.
        epochs: how many at most.
        seed: of the order.
        checkpoint: file for the state after each epoch, removed by the caller when it is done.
        on_epoch: told each finished epoch, counted from 1.
        on_continue: told the epochs that the checkpoint has.
    """

    def __init__(
        self,
        pipeline: keras.Model,
        recipe: NetworkRecipe,
        validation: Labelled | None,
        *,
        epochs: int,
        seed: int,
        checkpoint: Path | None = None,
        on_epoch: Callable[[int, EpochPart], None] = lambda epoch, result: None,
        on_continue: Callable[[tuple[EpochPart, ...]], None] = lambda history: None,
    ) -> None:
        self.pipeline = pipeline
        self.recipe, self._validation = recipe, validation
        self._epochs, self._seed = epochs, seed
        self._checkpoint, self._on_epoch = checkpoint, on_epoch
        self._history: list[EpochPart] = []
        self._best: list[NDArray[Any]] | None = None
        pipeline.compile(
            optimizer=_build(recipe.optimizer),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        kept = Checkpoint.load(checkpoint) if checkpoint else None
        if kept is not None:
            kept.restore(pipeline)
            self._history, self._best = list(kept.history), list(kept.best) or None
            on_continue(kept.history)

    @property
    def finished(self) -> bool:
        """Whether no epoch is left, or early stopping has struck."""
        return len(self._history) >= self._epochs or _exhausted(self._history, self.recipe)

    def next_order(self, length: int) -> NDArray[np.int64]:
        """The order of the samples in the next epoch, a permutation of `length`."""
        return np.random.default_rng(self.stream).permutation(length)

    @property
    def stream(self) -> tuple[int, int]:
        """What the next epoch's random draws depend on: the seed, and the epoch from 1."""
        return self._seed, len(self._history) + 1

    def conclude_epoch(
        self,
        loss: float,
        accuracy: float,
        seconds: float,
        *,
        shared_by: int = 1,
        keep_last: bool = True,
    ) -> None:
        """Validate what an epoch made of the pipeline, and keep its state.

        Args:
            loss: mean over the epoch's training batches.
            accuracy: likewise.
            seconds: this run's share of the wall-clock time.
            shared_by: runs that were trained in that time.
            keep_last: whether a checkpoint is written after the very last epoch too.
        """
        scored = _validate(self.pipeline, self._validation) if self._validation else (None, None)
        self._history.append(
            EpochPart(
                loss=loss,
                accuracy=accuracy,
                validation_loss=scored[0],
                validation_accuracy=scored[1],
                seconds=seconds,
                shared_by=shared_by,
            )
        )
        epoch = len(self._history)
        if self.recipe.early_stopping and best_epoch(self._history) == epoch:
            self._best = self.pipeline.get_weights()
        if self._checkpoint and (keep_last or epoch < self._epochs):
            Checkpoint.of(self.pipeline, self._history, self._best).save(self._checkpoint)
        self._on_epoch(epoch, self._history[-1])

    def result(self) -> Fit:
        """The state of the training; the pipeline gets the weights that are to be kept."""
        if self._best is not None:
            self.pipeline.set_weights(self._best)
        stopping = self.recipe.early_stopping
        return Fit(tuple(self._history), best_epoch(self._history) if stopping else None)


def predict(model: keras.Model, samples: Samples) -> NDArray[np.float32]:
    """The model's output for every sample, float32 (n, ...); never more than a batch is held."""
    starts = range(0, len(samples), PREDICT_BATCH)
    batches = (np.arange(i, min(i + PREDICT_BATCH, len(samples))) for i in starts)
    # Without the data set that `predict` makes of each array.
    return np.concatenate([model.predict_on_batch(samples.take(index)) for index in batches])


def best_epoch(history: list[EpochPart]) -> int:
    """The 1-based epoch of the lowest validation loss, the first of equals."""
    losses = [np.inf if e.validation_loss is None else e.validation_loss for e in history]
    return int(np.argmin(losses)) + 1


def _exhausted(history: list[EpochPart], recipe: NetworkRecipe) -> bool:
    stopping = recipe.early_stopping
    return bool(stopping and history and len(history) - best_epoch(history) >= stopping.patience)


def _build(optimizer: Optimizer) -> keras.optimizers.Optimizer:
    if (optimizer.name, keras.backend.backend()) == (
        "adam",
        "tensorflow",
    ) and not has_accelerator():
        from bench.training.fused_adam import FusedAdam

        return FusedAdam(optimizer.learning_rate)
    options: dict[str, float] = {"learning_rate": optimizer.learning_rate}
    if optimizer.momentum:
        options["momentum"] = optimizer.momentum
    return keras.optimizers.get({"class_name": optimizer.name, "config": options})


def _validate(pipeline: keras.Model, validation: Labelled) -> tuple[float, float]:
    probabilities = predict(pipeline, validation.samples)
    of_label = probabilities[np.arange(len(validation)), validation.labels]
    right = probabilities.argmax(axis=1) == validation.labels
    floor = float(keras.config.epsilon())
    return float(-np.log(np.maximum(of_label, floor)).mean()), float(right.mean())
