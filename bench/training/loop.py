"""Training of one network: epochs, validation, early stopping, continuation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bench.approaches.recipes import NetworkRecipe
from bench.inputs.features import BackboneInput
from bench.inputs.samples import Labelled, Samples
from bench.records.record import EpochPart
from bench.system.devices import has_accelerator
from bench.training.checkpoints import Checkpoint
from bench.training.divergence import Diverged, unsound
from bench.training.epochs import Augment, epoch_runner
from bench.training.optimizers import build_optimizer
from bench.training.stop import check_stop
from bench.training.validation import validation_scores

PREDICT_BATCH = 256


@dataclass(frozen=True)
class Kept:
    """The weights after one epoch.

    Attributes:
        epoch: from 1.
        weights: of the pipeline, as its `get_weights` orders them.
    """

    epoch: int
    weights: tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class Fit:
    """What a training leaves behind; one training serves both readings.

    Attributes:
        history: one entry for each sound epoch: Keras' running means while the weights moved, and
            the validation scores after it.
        last: after the last sound epoch.
        best: after the epoch of the lowest validation loss, the first of equals; `None` without
            a validation split.
        stopped_early: whether early stopping ended it.
        diverged: the epoch, from 1, whose numbers are none, if there was one.
    """

    history: tuple[EpochPart, ...]
    last: Kept
    best: Kept | None
    stopped_early: bool
    diverged: int | None


def with_input_pipeline(
    network: keras.Model, recipe: NetworkRecipe, samples: Samples, seed: int
) -> keras.Model:
    """The network behind its augmentation and scaling, in one graph, fed with raw samples.

    Args:
        network: gives logits (batch, classes); a softmax in float32 would lose them.
        recipe: augmentation and scaling.
        samples: of the shape and type that are fed.
        seed: of the augmentation's draws.

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
    """Train a pipeline in place, epoch by epoch, to the end of its state.

    Raises:
        Diverged: see `TrainingState.result`.
        StopRequested: between two steps; the checkpoint holds the last finished epoch.
    """
    recipe = state.recipe
    run_epoch = epoch_runner(state.pipeline, train, recipe.batch_size, augmentation_of(recipe))
    while not state.finished:
        check_stop()
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
            where there is one. Its output is logits.
        recipe: optimizer, batch size and early stopping.
        validation: scored after each epoch; its scores decide which epoch is the best.
        epochs: how many at most.
        seed: of the order.
        checkpoint: file for the state after each epoch, removed by the caller when it is done.
        on_epoch: told each finished epoch, counted from 1.
        on_continue: told the epochs that the checkpoint has.

    Raises:
        BenchError: the checkpoint is damaged or of another model.
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
        self._last: tuple[NDArray[Any], ...] = ()
        self._best: tuple[NDArray[Any], ...] = ()
        self._diverged: Diverged | None = None
        pipeline.compile(
            optimizer=build_optimizer(recipe.optimizer),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        kept = Checkpoint.load(checkpoint) if checkpoint else None
        if checkpoint and kept is not None:
            kept.restore(pipeline, checkpoint)
            self._history, self._best = list(kept.history), kept.best
            self._last = tuple(pipeline.get_weights())
            on_continue(kept.history)

    @property
    def finished(self) -> bool:
        """Whether no epoch is left, early stopping has struck, or the training has diverged."""
        return (
            self._diverged is not None or len(self._history) >= self._epochs or self._stopped_early
        )

    @property
    def _stopped_early(self) -> bool:
        return _exhausted(self._history, self.recipe)

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

        An epoch that has a number that is none is not kept: it is in no history and no checkpoint,
        never the best, and the training is over.

        Args:
            loss: mean over the epoch's training batches.
            accuracy: likewise.
            seconds: this run's fraction of the wall-clock time.
            shared_by: runs that were trained in that time.
            keep_last: whether a checkpoint is written after the very last epoch too.
        """
        epoch = len(self._history) + 1
        scored: tuple[float | None, float | None] = (None, None)
        if self._validation:
            logits = predict(self.pipeline, self._validation.samples)
            scored = validation_scores(logits, self._validation.labels)
        variables = [*self.pipeline.variables, *self.pipeline.optimizer.variables]
        what = unsound({"loss": loss, "validation loss": scored[0]}, variables)
        if what is not None:
            self._diverged = Diverged(epoch, what)
            return
        result = EpochPart(
            loss=loss,
            accuracy=accuracy,
            validation_loss=scored[0],
            validation_accuracy=scored[1],
            seconds=seconds,
            shared_by=shared_by,
        )
        self._history.append(result)
        self._last = tuple(self.pipeline.get_weights())
        if best_epoch(self._history) == epoch:
            self._best = self._last
        if self._checkpoint and (keep_last or epoch < self._epochs):
            Checkpoint.of(self.pipeline, self._history, self._best).save(self._checkpoint)
        self._on_epoch(epoch, result)

    def result(self) -> Fit:
        """Both readings; the pipeline gets the last sound weights.

        A recipe that restores the best epoch's weights still has what it asked for where its
        training diverged later.

        Raises:
            Diverged: the training diverged, and the recipe restores no epoch's weights, or there
                was no sound epoch before.
        """
        best, stopping = best_epoch(self._history), self.recipe.early_stopping
        if self._diverged and not (stopping and stopping.restore_best_weights and best):
            raise self._diverged
        self.pipeline.set_weights(self._last)
        return Fit(
            history=tuple(self._history),
            last=Kept(len(self._history), self._last),
            best=Kept(best, self._best) if best else None,
            stopped_early=self._stopped_early,
            diverged=self._diverged.epoch if self._diverged else None,
        )


def predict(model: keras.Model, samples: Samples) -> NDArray[np.float32]:
    """The model's output for every sample, float32 (n, ...); never more than a batch is held."""
    starts = range(0, len(samples), PREDICT_BATCH)
    batches = (np.arange(i, min(i + PREDICT_BATCH, len(samples))) for i in starts)
    # Without the data set that `predict` makes of each array.
    return np.concatenate([model.predict_on_batch(samples.take(index)) for index in batches])


def best_epoch(history: Sequence[EpochPart]) -> int | None:
    """The 1-based epoch of the lowest validation loss, the first of equals.

    `None` where none has a validation loss that is a number.
    """
    losses = [np.inf if e.validation_loss is None else e.validation_loss for e in history]
    sound = [(loss, epoch) for epoch, loss in enumerate(losses, start=1) if np.isfinite(loss)]
    return min(sound)[1] if sound else None


def _exhausted(history: Sequence[EpochPart], recipe: NetworkRecipe) -> bool:
    best = best_epoch(history)
    if recipe.early_stopping is None or best is None:
        return False
    # Keras too never stops at an epoch that improved, however short its patience.
    return len(history) - best >= max(1, recipe.early_stopping.patience)
