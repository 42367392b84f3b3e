"""VGG-19 with all of its layers, for what the report says of dropping the last six (section 3)."""

from __future__ import annotations

import keras

from models.registry import ModelEntry


def uncut_backbone(image_size: int) -> keras.Model:
    """VGG-19 up to block5_pool, frozen, with random weights until they are loaded.

    Input: as `models.vgg19.vgg19_backbone`. Output: (batch, image_size // 32, image_size // 32,
    512). 20,024,384 parameters, none trainable (Simonyan & Zisserman 2015, table 1, E, without
    the dense layers). Its weights are in Keras' own file; one of the first four blocks will not do.

    Raises:
        ValueError: the image is under 32 pixels a side.
    """
    whole = keras.applications.VGG19(
        include_top=False, weights=None, input_shape=(image_size, image_size, 3)
    )
    whole.trainable = False
    return whole


UNCUT = ModelEntry(
    "vgg19_uncut", "models.vgg19:linear_head", backbone="models.vgg19_uncut:uncut_backbone"
)
