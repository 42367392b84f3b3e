"""One epoch as one compiled program, for accelerators under JAX.

The rows live on the device as they are stored, and a scan runs over the steps, with augmentation
and scaling inside: a small network's step is over before Python could start the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from numpy.typing import NDArray

from bench.rows import slab_length

if TYPE_CHECKING:
    from bench.epochs import Labelled

# Of the device's memory, for rows; the rest is for weights, gradients and activations.
ROWS_SHARE = 0.5


def has_accelerator() -> bool:
    """Whether JAX computes on something else than the CPU."""
    return jax.default_backend() != "cpu"


class CompiledEpochs:
    """Trains a compiled pipeline; its variables hold the new state after every epoch.

    Args:
        pipeline: what `bench.training.with_input_pipeline` made, compiled with an optimizer.
        train: rows and labels.
        batch_size: rows a step; a last, smaller batch is trained on too, as Keras does.
        resident: whether all rows are kept on the device; `None` decides by its memory.
    """

    def __init__(
        self,
        pipeline: keras.Model,
        train: Labelled,
        batch_size: int,
        resident: bool | None = None,
    ) -> None:
        self._pipeline, self._train, self._batch_size = pipeline, train, batch_size
        pipeline.optimizer.build(pipeline.trainable_variables)
        self._groups = (
            pipeline.trainable_variables,
            pipeline.non_trainable_variables,
            pipeline.optimizer.variables,
        )
        self._run = jax.jit(_epoch(pipeline), donate_argnums=0)
        self._length = len(train)
        self._resident: tuple[Any, Any] | None = None
        if _fits(train) if resident is None else resident:
            self._resident = self._on_device(np.arange(len(train)))
        else:
            self._length = slab_length(train.rows, batch_size)

    def __call__(self, order: NDArray[np.integer]) -> tuple[float, float]:
        """Mean loss and accuracy of an epoch over the rows in this order."""
        # The program consumes its state, and a variable's value may be shared with other code.
        state = tuple([jnp.copy(v.value) for v in group] for group in self._groups)
        totals = np.zeros(2)
        for start in range(0, len(order), self._length):
            index = order[start : start + self._length]
            rows, labels = self._resident or self._on_device(index)
            steps = index if self._resident else np.arange(len(index))
            whole = len(steps) // self._batch_size * self._batch_size
            for part, batch in ((steps[:whole], self._batch_size), (steps[whole:], 0)):
                if len(part):
                    batches = part.reshape(-1, batch or len(part))
                    state, sums = self._run(state, rows, labels, batches)
                    totals += np.asarray(sums, np.float64)
        for group, values in zip(self._groups, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        loss, right = totals / len(order)
        return float(loss), float(right)

    def _on_device(self, index: NDArray[np.integer]) -> tuple[Any, Any]:
        train = self._train
        return jnp.asarray(train.rows.take(index)), jnp.asarray(train.labels[index])


def _epoch(pipeline: keras.Model) -> Callable[..., Any]:
    def loss_of(
        trainable: Sequence[Any], frozen: Sequence[Any], rows: Any, labels: Any
    ) -> tuple[Any, Any]:
        probabilities, frozen = pipeline.stateless_call(trainable, frozen, rows, training=True)
        losses = keras.losses.sparse_categorical_crossentropy(labels, probabilities)
        right = (probabilities.argmax(axis=-1) == labels).sum()
        return losses.mean(), (frozen, right)

    def epoch(state: Any, rows: Any, labels: Any, batches: Any) -> tuple[Any, Any]:
        def step(carry: Any, index: Any) -> tuple[Any, None]:
            (trainable, frozen, optimizer), (loss_sum, right_sum) = carry
            gradient = jax.value_and_grad(loss_of, has_aux=True)
            (loss, (frozen, right)), gradients = gradient(
                trainable, frozen, rows[index], labels[index]
            )
            trainable, optimizer = pipeline.optimizer.stateless_apply(
                optimizer, gradients, trainable
            )
            sums = (loss_sum + loss * len(index), right_sum + right)
            return ((trainable, frozen, optimizer), sums), None

        zero = (jnp.zeros((), jnp.float32), jnp.zeros((), jnp.int32))
        (state, sums), _ = jax.lax.scan(step, (state, zero), batches)
        return state, sums

    return epoch


def _fits(train: Labelled) -> bool:
    row_bytes = int(np.prod(train.rows.row_shape)) * train.rows.dtype.itemsize
    limits = jax.devices()[0].memory_stats() or {}
    return len(train) * row_bytes <= ROWS_SHARE * limits.get("bytes_limit", 0)
