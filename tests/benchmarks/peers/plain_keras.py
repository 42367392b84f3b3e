"""The report's own way with a trunk: resized float pictures in memory, and plain Keras on them."""

import keras
import numpy as np

from models.registry import build
from models.vgg19_weights import RANDOM, load_trunk_weights


def resized(pictures: np.ndarray, size: int) -> np.ndarray:
    """Float32 (n, size, size, 3) as VGG-19 wants them, from uint8 pictures."""
    rows = pictures.astype(np.float32)
    if size != rows.shape[1]:
        rows = keras.ops.convert_to_numpy(keras.ops.image.resize(rows, (size, size)))
    return keras.applications.vgg19.preprocess_input(np.array(rows))


def with_trunk_in_the_loop(name: str) -> keras.Model:
    """A whole compiled model: its frozen trunk is run again for each picture in each epoch."""
    model = build(name)
    load_trunk_weights(keras.Model(model.inputs, model.get_layer("block4_conv4").output), RANDOM)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
