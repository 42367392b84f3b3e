"""The lab's network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.registry import ModelEntry

if TYPE_CHECKING:
    import keras

MODEL = ModelEntry(
    "statlearning_cnn",
    "bench_statlearning.model:statlearning_cnn",
    table="bench_statlearning:statlearning_cnn.toml",
)


def statlearning_cnn(input_shape: tuple[int, int, int], num_classes: int = 100) -> keras.Model:
    """Four convolutions, 32 to 256 filters, a pool after each, and two dense layers.

    Input: pixels from 0 to 1, (batch, *input_shape). Output: class probabilities
    (batch, num_classes). 964,516 parameters on 32 x 32 images of 100 classes.
    """
    import keras
    from keras import layers

    blocks = [
        layer
        for filters in (32, 64, 128, 256)
        for layer in (
            layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv2d_{filters}"),
            layers.MaxPooling2D(2, name=f"max_pooling2d_{filters}"),
        )
    ]
    return keras.Sequential(
        [
            keras.Input(input_shape),
            *blocks,
            layers.Flatten(name="flatten"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(512, activation="relu", name="dense"),
            layers.Dense(num_classes, activation="softmax", name="scores"),
        ],
        name="statlearning_cnn",
    )
