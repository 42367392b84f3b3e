"""A network that sees images as thumbnails of 8 x 8 pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.registry import ModelEntry

if TYPE_CHECKING:
    import keras

THUMBNAIL = ModelEntry(
    "thumbnail_cnn",
    "bench_neighbours.models:thumbnail_cnn",
    table="bench_neighbours:thumbnail_cnn.toml",
)


def thumbnail_cnn(input_shape: tuple[int, int, int], num_classes: int = 100) -> keras.Model:
    """One convolution and one dense layer; 58,148 parameters on 32 x 32 images of 100 classes."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.AveragePooling2D(4, name="thumbnail"),
            layers.Conv2D(16, 3, activation="relu", name="conv"),
            layers.Flatten(name="flatten"),
            layers.Dense(num_classes, activation="softmax", name="scores"),
        ],
        name="thumbnail_cnn",
    )
