"""The report's improved network (section 2d)."""

from __future__ import annotations

import keras
from keras import layers

from models.layers.dropout import Dropout


def improved_cnn(
    input_shape: tuple[int, int, int] = (32, 32, 3), num_classes: int = 100
) -> keras.Model:
    """Five convolutions, 16 to 256 filters, and one dense layer.

    Input: float pixels (batch, *input_shape), divided by 255 in the report. Output: class
    probabilities (batch, num_classes). 497,092 parameters at the defaults (report, section 2d).
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, activation="relu", name="Conv_16_3"),
            Dropout(0.2, name="Dropout_0.2"),
            layers.MaxPooling2D(2, name="MaxPooling"),
            layers.BatchNormalization(name="BatchNormalization1"),
            layers.Conv2D(32, 3, activation="relu", name="Conv_32_3"),
            Dropout(0.15, name="Dropout_0.15"),
            layers.BatchNormalization(name="BatchNormalization2"),
            layers.Conv2D(64, 3, activation="relu", name="Conv_64_3"),
            Dropout(0.25, name="Dropout_0.25"),
            layers.BatchNormalization(name="BatchNormalization3"),
            layers.Conv2D(128, 3, activation="relu", name="Conv_128_3"),
            Dropout(0.3, name="Dropout_0.3"),
            layers.AveragePooling2D(2, name="AvgPooling"),
            layers.BatchNormalization(name="BatchNormalization4"),
            layers.Conv2D(256, 3, activation="relu", name="Conv_256_3"),
            Dropout(0.45, name="Dropout_0.45"),
            layers.BatchNormalization(name="BatchNormalization5"),
            layers.Flatten(name="Flatten"),
            layers.Dense(num_classes, activation="softmax", name=f"Dense_{num_classes}"),
        ],
        name="improved_cnn",
    )
