"""Work of one forward pass, counted over the layers of a built model."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import keras
from keras import layers


def _conv2d(layer: layers.Conv2D) -> int:
    height, width, filters = layer.output.shape[1:]
    kernel_height, kernel_width, channels, _ = layer.kernel.shape
    return int(2 * kernel_height * kernel_width * channels * filters * height * width)


def _dense(layer: layers.Dense) -> int:
    return int(2 * prod(layer.kernel.shape))


_COUNTED: dict[type[keras.Layer], Callable[..., int]] = {
    layers.Conv2D: _conv2d,
    layers.Dense: _dense,
}
# A few operations an activation: under one per cent of any model here.
_NEGLECTED = (
    layers.InputLayer,
    layers.Dropout,
    layers.Flatten,
    layers.BatchNormalization,
    layers.MaxPooling2D,
    layers.AveragePooling2D,
)


def count_flops(model: keras.Model) -> int:
    """Floating-point operations for one image: two a multiply-add.

    Convolutions and dense layers are counted; biases, activations, pooling and normalisation are
    left out, as in most published tables.

    Raises:
        TypeError: the model holds a layer of a kind that this count does not know.
    """
    total = 0
    for layer in model.layers:
        count = _COUNTED.get(type(layer))
        if count is not None:
            total += count(layer)
        elif not isinstance(layer, _NEGLECTED):
            raise TypeError(f"no count for layer {layer.name!r} of type {type(layer).__name__}")
    return total
