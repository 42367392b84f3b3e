"""One epoch over samples in a given order: step by step, as every backend can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bench.inputs.samples import Labelled, slab_length
from bench.system.devices import has_accelerator
from bench.training.stop import check_stop

Stream = tuple[int, int]
EpochRunner = Callable[[NDArray[np.integer], Stream], tuple[float, float]]
Augment = Callable[[NDArray[np.uint8], tuple[int, ...]], NDArray[np.float32]]
# Small beside a slab, and hundreds of batches of small images.
CONVERTED_BYTES = 32 << 20


def epoch_runner(
    pipeline: keras.Model, train: Labelled, batch_size: int, augment: Augment | None = None
) -> EpochRunner:
    """What trains a compiled pipeline for one epoch, the fastest way that this device has.

    It takes the order of the samples, int (n,), and the stream of the epoch's random draws, and
    gives the means of loss and accuracy over the training batches. On an accelerator under JAX an
    epoch is one compiled program; on a CPU, where XLA is slow at convolutions inside a loop, it is
    Keras' own step.

    Args:
        pipeline: what `bench.training.loop.with_input_pipeline` made, compiled.
        train: samples and labels.
        batch_size: samples a step.
        augment: from images and a stream to moved images, where the pipeline does not do it.
    """
    if keras.backend.backend() == "jax":
        from bench.training.compiled_epochs import CompiledEpochs

        if has_accelerator():
            return CompiledEpochs(pipeline, train, batch_size)
    return StepByStep(pipeline, train, batch_size, augment)


@dataclass(frozen=True)
class StepByStep:
    """Keras' own training step; never more than a slab of samples is held."""

    pipeline: Any
    train: Labelled
    batch_size: int
    augment: Augment | None = None

    def __call__(self, order: NDArray[np.integer], stream: Stream) -> tuple[float, float]:
        """Mean loss and accuracy of an epoch over the samples in this order."""
        train_slab = _stepped if keras.backend.backend() == "tensorflow" else _fitted
        length = slab_length(self.train.samples, self.batch_size)
        loss = accuracy = 0.0
        for start in range(0, len(order), length):
            index = order[start : start + length]
            samples = self.train.samples.take(index)
            if self.augment:
                samples = self.augment(samples, (*stream, start))
            logs = train_slab(self.pipeline, samples, self.train.labels[index], self.batch_size)
            loss += float(logs["loss"]) * len(index)
            accuracy += float(logs["accuracy"]) * len(index)
        return loss / len(order), min(1.0, accuracy / len(order))


class _LooksForStops(keras.callbacks.Callback):  # type: ignore[misc]
    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        check_stop()


def _fitted(
    pipeline: Any, samples: NDArray[Any], labels: NDArray[np.uint8], batch_size: int
) -> dict[str, Any]:
    """Train on samples in their order, as every backend can; means of loss and accuracy."""
    history = pipeline.fit(
        samples,
        labels,
        batch_size=batch_size,
        shuffle=False,
        verbose=0,
        callbacks=[_LooksForStops()],
    ).history
    return {name: values[0] for name, values in history.items()}


def _stepped(
    pipeline: Any, samples: NDArray[Any], labels: NDArray[np.uint8], batch_size: int
) -> dict[str, Any]:
    """The same under TensorFlow, without what `fit` spends between the steps.

    Batches have a known size here, which `fit` hides from the compiler.
    """
    if pipeline.train_function is None:
        # A step that makes variables is traced twice: the optimizer's and the metrics' come first.
        pipeline.optimizer.build(pipeline.trainable_variables)
        scores = np.zeros((1, *pipeline.output_shape[1:]), np.float32)
        pipeline.compute_metrics(None, labels[:1], scores)
        pipeline.make_train_function()
    pipeline.reset_metrics()
    batches = _tensors(samples, labels, batch_size)
    for _ in range(0, len(samples), batch_size):
        check_stop()
        pipeline.train_function(batches)
    return dict(pipeline.get_metrics_result())


def _tensors(
    samples: NDArray[Any], labels: NDArray[np.uint8], batch_size: int
) -> Iterator[tuple[Any, Any]]:
    """Batches as tensors, many made at once: each by itself takes a sixth of a millisecond."""
    length = batch_size * max(1, CONVERTED_BYTES // max(1, samples[:batch_size].nbytes))
    for start in range(0, len(samples), length):
        some, theirs = samples[start : start + length], labels[start : start + length]
        ends = list(range(batch_size, len(some), batch_size))
        if ends:
            yield from zip(keras.ops.split(some, ends), keras.ops.split(theirs, ends), strict=True)
        else:
            yield keras.ops.convert_to_tensor(some), keras.ops.convert_to_tensor(theirs)
