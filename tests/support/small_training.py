"""A training of seconds: a small network with dropout and normalisation, and splits that differ."""

import keras
import numpy as np

from bench.approaches.recipes import NetworkRecipe, Optimizer, Split
from bench.inputs.samples import ArraySamples, Labelled

CLASSES = 4
# Splits of unlike sizes and unequal classes, so that one cannot pass for another.
SIZES = {"train": 60, "validation": 24, "test": 36}


def split(name: str) -> Labelled:
    random = np.random.default_rng(list(SIZES).index(name))
    labels = random.choice(CLASSES, SIZES[name], p=[0.4, 0.3, 0.2, 0.1]).astype(np.uint8)
    noise = random.integers(0, 60, (SIZES[name], 8, 8, 3))
    return Labelled(
        ArraySamples((noise + 45 * labels[:, None, None, None]).astype(np.uint8)), labels
    )


TRAIN, VALIDATION = split("train"), split("validation")
RECIPE = NetworkRecipe(
    Split("tail", 0.2), Optimizer("sgd", 0.05, 0.9), batch_size=24, epochs=2, scaling="unit"
)


def network() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(CLASSES),
        ]
    )
