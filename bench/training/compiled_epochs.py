"""One epoch as one compiled program, for accelerators under JAX.

The samples live on the device as they are stored, and a scan runs over the steps, with augmentation
and scaling inside: a small network's step is over before Python could start the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from numpy.typing import NDArray

from bench.inputs.samples import Labelled, slab_length
from bench.training.stop import check_stop

# Of the device's memory, for samples; the rest is for weights, gradients and activations.
ROWS_SHARE = 0.5


class CompiledEpochs:
    """Trains a compiled pipeline; its variables hold the new state after every epoch.

    Args:
        pipeline: what `bench.training.loop.with_input_pipeline` made, compiled with an optimizer.
        train: samples and labels.
        batch_size: samples a step; a last, smaller batch is trained on too, as Keras does.
        resident: whether all samples are kept on the device; `None` decides by its memory.
    """

    def __init__(
        self,
        pipeline: keras.Model,
        train: Labelled,
        batch_size: int,
        resident: bool | None = None,
    ) -> None:
        self._train, self._batch_size = train, batch_size
        self._variables = _variables(pipeline)
        self._run = jax.jit(_epoch(pipeline), donate_argnums=0)
        self._length = len(train)
        self._resident: tuple[Any, Any] | None = None
        if fits_on_device(train) if resident is None else resident:
            self._resident = _on_device(train, np.arange(len(train)))
        else:
            self._length = slab_length(train.samples, batch_size)

    def __call__(
        self, order: NDArray[np.integer], stream: tuple[int, int] = (0, 0)
    ) -> tuple[float, float]:
        """Mean loss and accuracy of an epoch over the samples in this order."""
        # The program consumes its state, and a variable's value may be shared with other code.
        state = jax.tree.map(lambda variable: jnp.copy(variable.value), self._variables)
        totals = np.zeros(2)
        for start in range(0, len(order), self._length):
            index = order[start : start + self._length]
            samples, labels = self._resident or _on_device(self._train, index)
            steps = index if self._resident else np.arange(len(index))
            for batches in _batches(steps, self._batch_size):
                check_stop()
                state, sums = self._run(state, samples, labels, batches)
                totals += np.asarray(sums, np.float64)
        _assign(self._variables, state)
        loss, right = totals / len(order)
        return float(loss), float(right)


class SideBySideEpochs:
    """Trains several pipelines of the same make at once, in one program over their seeds.

    A small network leaves most of an accelerator idle; several fill it. Each has its own weights,
    random masks and order, so each trains as it would alone.

    Args:
        pipelines: as for `CompiledEpochs`, alike but for their weights and seeds.
        train: samples and labels, which must fit on the device.
        batch_size: samples a step of each pipeline.
    """

    def __init__(self, pipelines: Sequence[keras.Model], train: Labelled, batch_size: int) -> None:
        self._batch_size = batch_size
        self._variables = [_variables(pipeline) for pipeline in pipelines]
        over_seeds = jax.vmap(_epoch(pipelines[0]), in_axes=(0, None, None, 0))
        self._run = jax.jit(over_seeds, donate_argnums=0)
        self._resident = _on_device(train, np.arange(len(train)))

    def __call__(self, orders: NDArray[np.integer]) -> list[tuple[float, float]]:
        """Mean loss and accuracy of each pipeline over the samples in its order, int (seeds, n)."""
        state = jax.tree.map(
            lambda *variables: jnp.stack([v.value for v in variables]), *self._variables
        )
        totals = np.zeros((2, len(orders)))
        for batches in _batches(orders, self._batch_size):
            check_stop()
            state, sums = self._run(state, *self._resident, batches)
            totals += np.asarray(sums, np.float64)
        for seed, variables in enumerate(self._variables):
            _assign(variables, jax.tree.map(lambda values, seed=seed: values[seed], state))
        losses, rights = totals / orders.shape[1]
        return [(float(loss), float(right)) for loss, right in zip(losses, rights, strict=True)]


def fits_on_device(train: Labelled) -> bool:
    """Whether all samples may be kept in the device's memory."""
    sample_bytes = int(np.prod(train.samples.sample_shape)) * train.samples.dtype.itemsize
    limits = jax.devices()[0].memory_stats() or {}
    return len(train) * sample_bytes <= ROWS_SHARE * limits.get("bytes_limit", 0)


def _variables(pipeline: keras.Model) -> tuple[list[Any], list[Any], list[Any]]:
    pipeline.optimizer.build(pipeline.trainable_variables)
    return (
        list(pipeline.trainable_variables),
        list(pipeline.non_trainable_variables),
        list(pipeline.optimizer.variables),
    )


def _assign(variables: Any, state: Any) -> None:
    jax.tree.map(lambda variable, value: variable.assign(value), variables, state)


def _on_device(train: Labelled, index: NDArray[np.integer]) -> tuple[Any, Any]:
    return jnp.asarray(train.samples.take(index)), jnp.asarray(train.labels[index])


def _batches(order: NDArray[np.integer], size: int) -> Iterator[NDArray[np.integer]]:
    """Order (..., n) as whole batches (..., steps, size), then the smaller one that is left."""
    *seeds, length = order.shape
    whole = length // size * size
    if whole:
        yield order[..., :whole].reshape(*seeds, -1, size)
    if whole < length:
        yield order[..., whole:].reshape(*seeds, 1, -1)


def _epoch(pipeline: keras.Model) -> Callable[..., Any]:
    def loss_of(
        trainable: Sequence[Any], frozen: Sequence[Any], samples: Any, labels: Any
    ) -> tuple[Any, Any]:
        logits, frozen = pipeline.stateless_call(trainable, frozen, samples, training=True)
        losses = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        right = (logits.argmax(axis=-1) == labels).sum()
        return losses.mean(), (frozen, right)

    def epoch(state: Any, samples: Any, labels: Any, batches: Any) -> tuple[Any, Any]:
        def step(carry: Any, index: Any) -> tuple[Any, None]:
            (trainable, frozen, optimizer), (loss_sum, right_sum) = carry
            gradient = jax.value_and_grad(loss_of, has_aux=True)
            (loss, (frozen, right)), gradients = gradient(
                trainable, frozen, samples[index], labels[index]
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
