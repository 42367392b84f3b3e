"""The report's own way to augment: Keras' `ImageDataGenerator`, image by image in NumPy."""

from collections.abc import Callable

import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from datasets.augmentation.parameters import AffineAugmentation


def generator(settings: AffineAugmentation) -> ImageDataGenerator:
    """Keras' generator with the report's seven parameters."""
    return ImageDataGenerator(
        rotation_range=settings.rotation_degrees,
        width_shift_range=settings.width_shift,
        height_shift_range=settings.height_shift,
        shear_range=settings.shear_degrees,
        zoom_range=settings.zoom,
        horizontal_flip=settings.horizontal_flip,
        vertical_flip=settings.vertical_flip,
    )


def augmenter(settings: AffineAugmentation) -> Callable[[np.ndarray], np.ndarray]:
    """A function that augments float32 images (n, height, width, 3) one after the other."""
    move = generator(settings).random_transform

    def augment(images: np.ndarray) -> np.ndarray:
        return np.stack([move(image) for image in images])

    return augment
