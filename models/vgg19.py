"""VGG-19 cut after block4_conv4, and the two heads that the report puts on it (section 3)."""

from __future__ import annotations

import keras
from keras import layers

CUT = "block4_conv4"


def vgg19_backbone(image_size: int) -> keras.Model:
    """VGG-19 without its last six layers, frozen, with random weights until they are loaded.

    Input: float pixels (batch, image_size, image_size, 3) as `preprocess_input` leaves them (BGR
    minus the ImageNet means). Output: (batch, image_size // 8, image_size // 8, 512).
    10,585,152 parameters, none trainable.

    Source: Simonyan & Zisserman 2015, table 1, configuration E; the report drops "the last 6
    layers" of Keras' model: block4_pool and the five of block5.

    Raises:
        ValueError: the image is under 32 pixels a side.
    """
    whole = keras.applications.VGG19(
        include_top=False, weights=None, input_shape=(image_size, image_size, 3)
    )
    backbone = keras.Model(whole.inputs, whole.get_layer(CUT).output, name="vgg19_block4_conv4")
    backbone.trainable = False
    return backbone


def linear_head(feature_shape: tuple[int, int, int], num_classes: int = 100) -> keras.Model:
    """Flatten and one dense layer (report, section 3a); 819,300 parameters on 4x4x512 features."""
    return keras.Sequential(
        [
            keras.Input(feature_shape),
            layers.Flatten(name="Flatten"),
            layers.Dense(num_classes, activation="softmax", name=f"Dense_{num_classes}"),
        ],
        name="linear_head",
    )


def dense_head(feature_shape: tuple[int, int, int], num_classes: int = 100) -> keras.Model:
    """Dense 512 and 256 with normalisation and dropout (report, section 3e).

    37,908,324 parameters on 12x12x512 features, 1,024 of them not trainable.
    """
    return keras.Sequential(
        [
            keras.Input(feature_shape),
            layers.Flatten(name="Flatten"),
            layers.Dense(512, activation="relu", name="Dense_512"),
            layers.BatchNormalization(name="BatchNormalization"),
            layers.Dropout(0.3, name="Dropout_0.3"),
            layers.Dense(256, activation="relu", name="Dense_256"),
            layers.Dropout(0.4, name="Dropout_0.4"),
            layers.Dense(num_classes, activation="softmax", name="dense_7"),
        ],
        name="dense_head",
    )


def attach(backbone: keras.Model, head: keras.Model, name: str) -> keras.Model:
    """Backbone and head as one model that shares their layers and weights.

    It is flat, as the documented tables are; a head with branches stays one row of its own.
    """
    features = backbone.output
    for layer in head.layers if isinstance(head, keras.Sequential) else [head]:
        features = layer(features)
    return keras.Model(backbone.inputs, features, name=name)
