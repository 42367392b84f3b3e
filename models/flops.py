"""Work of one forward pass, counted over the layers of a built model."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import keras
from keras import layers

from models.layers.dropout import Dropout
from models.layers.logits import Logits


def count_flops(*models: keras.Model) -> int | None:
    """Floating-point operations for one image: two for each multiply-add.

    Convolutions and dense layers are counted, once for each time that they are applied; biases,
    activations, pooling and normalization are left out, as in most published tables.

    Args:
        models: built ones, run one after the other; models within them are counted too.

    Returns:
        The number, or `None` where it is not known: a layer or operation of a kind that this
        count does not know, a size that is not fixed, a model without a graph of layers.
    """
    counts = [_count(model) for model in models]
    return None if None in counts else sum(filter(None, counts))


def _count(model: keras.Model) -> int | None:
    # A sequential model keeps its graph in a functional one, once it is built.
    graph = getattr(getattr(model, "_functional", None) or model, "_nodes_by_depth", None)
    if graph is None:
        return None
    calls = [node for nodes in graph.values() for node in nodes if not node.is_input]
    counts = [_count_call(call) for call in calls]
    return None if None in counts else sum(filter(None, counts))


def _count_call(call: Any) -> int | None:
    layer, output = call.operation, tuple(call.output_tensors[0].shape[1:])
    if isinstance(layer, keras.Model):
        # Keras calls it on no other size than it was built on, unless that was left open.
        return _count(layer)
    # Subclasses may do anything, so only these very classes are known.
    if type(layer) in _NEGLECTED:
        return 0
    count = _COUNTED.get(type(layer))
    return None if count is None or None in output else count(layer, output)


def _kernel(layer: Any, output: tuple[int, ...]) -> int:
    """A kernel (..., channels in, channels out), applied at each place of the output."""
    return int(2 * prod(layer.kernel.shape) * prod(output[:-1]))


def _depthwise(layer: Any, output: tuple[int, ...]) -> int:
    """A kernel (height, width) for each channel of the output."""
    return int(2 * prod(layer.kernel.shape[:2]) * prod(output))


def _logits(layer: Logits, output: tuple[int, ...]) -> int:
    return _kernel(layer.dense, output)


_COUNTED: dict[type[keras.Layer], Callable[[Any, tuple[int, ...]], int]] = {
    layers.Conv2D: _kernel,
    layers.DepthwiseConv2D: _depthwise,
    layers.Dense: _kernel,
    Logits: _logits,
}
# A few operations for each activation: under one per cent of any model here.
_NEGLECTED = {
    Dropout,
    layers.InputLayer,
    layers.Activation,
    layers.Add,
    layers.AveragePooling2D,
    layers.BatchNormalization,
    layers.Concatenate,
    layers.Dropout,
    layers.Flatten,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling2D,
    layers.LayerNormalization,
    layers.MaxPooling2D,
    layers.ReLU,
    layers.Rescaling,
    layers.Reshape,
    layers.Softmax,
    layers.SpatialDropout2D,
    layers.ZeroPadding2D,
}
