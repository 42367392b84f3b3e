"""The report's own way to train: Keras' `fit` on images in memory, as its documentation shows."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from datasets.augmentation.parameters import AffineAugmentation
from tests.benchmarks.peers.image_data_generator import generator


def epochs(
    network: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    batch_size: int,
    augmentation: AffineAugmentation | None = None,
) -> Callable[[], float]:
    """A function that trains one epoch and gives its mean loss.

    Args:
        network: built, not compiled; its dropout is replaced by Keras' own.
        images: float32 (n, 32, 32, 3), scaled.
        labels: (n,).
        batch_size: images a step.
        augmentation: done by `ImageDataGenerator`; `None` trains on the images as they are.
    """
    network = keras.models.clone_model(network, clone_function=_keras_own)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    if augmentation:
        flow = generator(augmentation).flow(images, labels, batch_size=batch_size)
        return lambda: network.fit(flow, verbose=0).history["loss"][0]
    return lambda: network.fit(images, labels, batch_size=batch_size, verbose=0).history["loss"][0]


def _keras_own(layer: keras.layers.Layer) -> keras.layers.Layer:
    if isinstance(layer, keras.layers.Dropout):
        return keras.layers.Dropout(layer.rate)
    return type(layer).from_config(layer.get_config())
