"""One epoch over rows in a given order: step by step, as every backend can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bench.devices import has_accelerator
from bench.rows import Rows, slab_length

Stream = tuple[int, int]
EpochRunner = Callable[[NDArray[np.integer], Stream], tuple[float, float]]
Augment = Callable[[NDArray[np.uint8], tuple[int, ...]], NDArray[np.float32]]


@dataclass(frozen=True)
class Labelled:
    """Rows and their fine labels, uint8 (n,)."""

    rows: Rows
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rows)


def epoch_runner(
    pipeline: keras.Model, train: Labelled, batch_size: int, augment: Augment | None = None
) -> EpochRunner:
    """What trains a compiled pipeline for one epoch, the fastest way that this device has.

    It takes the order of the rows, int (n,), and the stream of the epoch's random draws, and gives
    the means of loss and accuracy over the training batches. On an accelerator under JAX an epoch
    is one compiled program; on a CPU, where XLA is slow at convolutions inside a loop, it is
    Keras' own step.

    Args:
        pipeline: what `bench.training.with_input_pipeline` made, compiled.
        train: rows and labels.
        batch_size: rows a step.
        augment: from pictures and a stream to moved pictures, where the pipeline does not do it.
    """
    if keras.backend.backend() == "jax":
        from bench.compiled_epochs import CompiledEpochs

        if has_accelerator():
            return CompiledEpochs(pipeline, train, batch_size)
    return StepByStep(pipeline, train, batch_size, augment)


@dataclass(frozen=True)
class StepByStep:
    """Keras' own training step; never more than a slab of rows is held."""

    pipeline: Any
    train: Labelled
    batch_size: int
    augment: Augment | None = None

    def __call__(self, order: NDArray[np.integer], stream: Stream) -> tuple[float, float]:
        """Mean loss and accuracy of an epoch over the rows in this order."""
        length = slab_length(self.train.rows, self.batch_size)
        loss = accuracy = 0.0
        for start in range(0, len(order), length):
            index = order[start : start + length]
            rows = self.train.rows.take(index)
            logs = self.pipeline.fit(
                self.augment(rows, (*stream, start)) if self.augment else rows,
                self.train.labels[index],
                batch_size=self.batch_size,
                shuffle=False,
                verbose=0,
            ).history
            loss += logs["loss"][0] * len(index)
            accuracy += logs["accuracy"][0] * len(index)
        return loss / len(order), min(1.0, accuracy / len(order))
