"""The report's own way with a backbone: resized float images in memory, and plain Keras on them."""

import keras
import numpy as np

from models.registry import build
from models.vgg19_weights import RANDOM, load_backbone_weights


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """Float32 (n, size, size, 3) as VGG-19 wants them, from uint8 images."""
    samples = images.astype(np.float32)
    if size != samples.shape[1]:
        samples = keras.ops.convert_to_numpy(keras.ops.image.resize(samples, (size, size)))
    return keras.applications.vgg19.preprocess_input(np.array(samples))


def with_backbone_in_the_loop(name: str) -> keras.Model:
    """A whole compiled model: its frozen backbone is run again for each image in each epoch."""
    model = build(name)
    load_backbone_weights(keras.Model(model.inputs, model.get_layer("block4_conv4").output), RANDOM)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
