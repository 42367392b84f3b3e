"""The report's first network (section 2b)."""

from __future__ import annotations

import keras
from keras import layers

from models.layers.dropout import Dropout


def basic_cnn(
    input_shape: tuple[int, int, int] = (32, 32, 3), num_classes: int = 100
) -> keras.Model:
    """Three convolutions, 16 to 64 filters, and one dense layer.

    Input: float pixels (batch, *input_shape), 0-255 in the report. Output: class probabilities
    (batch, num_classes). 184,004 parameters at the defaults (report, section 2b).
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, activation="relu", name="Conv_16_3"),
            Dropout(0.1, name="Dropout_0.1"),
            layers.MaxPooling2D(2, name="MaxPooling"),
            layers.BatchNormalization(name="BatchNormalization1"),
            layers.Conv2D(32, 3, activation="relu", name="Conv_32_3"),
            Dropout(0.2, name="Dropout_0.2"),
            layers.Conv2D(64, 3, activation="relu", name="Conv_64_3"),
            Dropout(0.25, name="Dropout_0.25"),
            layers.AveragePooling2D(2, name="AvgPooling"),
            layers.BatchNormalization(name="BatchNormalization2"),
            layers.Flatten(name="Flatten"),
            layers.Dense(num_classes, activation="softmax", name=f"Dense_{num_classes}"),
        ],
        name="basic_cnn",
    )
