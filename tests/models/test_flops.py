"""The count of operations against counts by hand."""

from itertools import pairwise

import keras
import pytest
from keras import layers

from models.flops import count_flops
from models.logits import logits_of
from models.registry import build, build_backbone


class Doubling(layers.Layer):
    """A layer of one's own, of which nobody knows the work."""

    def call(self, values):
        return 2 * values


class Wider(layers.Dense):
    """A subclass may do more than its parent."""


class Busier(layers.ReLU):
    """As may one of a layer whose work is neglected."""


def convolutional() -> keras.Sequential:
    return keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name="c")])


# 3 x 3 of 3 channels at 6 x 6 places, for each of 4 filters; a multiply-add is two operations.
CONVOLUTION = 2 * (3 * 3 * 3) * 4 * (6 * 6)


def test_count_equals_the_sum_by_hand() -> None:
    model = keras.Sequential([convolutional(), layers.Flatten(), layers.Dense(10)])
    assert count_flops(model) == CONVOLUTION + 2 * (4 * 6 * 6) * 10


def test_basic_cnn_is_the_sum_by_hand() -> None:
    """From the shapes in the report's table, 2b."""
    by_hand = 2 * (
        (3 * 3 * 3) * 16 * 30 * 30
        + (3 * 3 * 16) * 32 * 13 * 13
        + (3 * 3 * 32) * 64 * 11 * 11
        + 1600 * 100
    )
    model = build("basic_cnn")
    assert count_flops(model) == by_hand
    assert count_flops(logits_of(model)) == by_hand


@pytest.mark.parametrize(
    ("layer", "by_hand"),
    [
        (layers.Conv2D(4, 3, strides=2, padding="same"), 2 * (3 * 3 * 3) * 4 * (4 * 4)),
        (layers.Conv2D(6, 3, groups=3), 2 * (3 * 3 * 1) * 6 * (6 * 6)),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), 2 * (3 * 3) * 6 * (6 * 6)),
        (layers.Dense(5), 2 * 3 * 5 * (8 * 8)),
        (layers.MaxPooling2D(2), 0),
        (layers.ReLU(), 0),
    ],
)
def test_layer_is_counted_at_each_place(layer: keras.Layer, by_hand: int) -> None:
    assert count_flops(keras.Sequential([keras.Input((8, 8, 3)), layer])) == by_hand


def test_layer_counts_each_time_that_it_is_applied() -> None:
    dense = layers.Dense(3)
    images = keras.Input((3,))
    assert count_flops(keras.Model(images, dense(dense(images)))) == 2 * (2 * 3 * 3)
    # The second model calls the layer a third time; the first still has two calls.
    first = keras.Model(images, dense(dense(images)))
    keras.Model(images, dense(first.output))
    assert count_flops(first) == 2 * (2 * 3 * 3)


def test_nested_models_are_counted_at_every_depth() -> None:
    images = keras.Input((8, 8, 3))
    inner = keras.Model(images, convolutional()(images))
    model = keras.Sequential([inner, layers.Flatten(), layers.Dense(10)])
    assert count_flops(model) == CONVOLUTION + 2 * (4 * 6 * 6) * 10


def test_models_run_one_after_the_other_add_up() -> None:
    assert count_flops(convolutional(), convolutional()) == 2 * CONVOLUTION
    assert count_flops() == 0


def test_vgg19_backbone_is_the_sum_by_hand() -> None:
    backbone = build_backbone("vgg19_linear")
    places = {1: 32 * 32, 2: 16 * 16, 3: 8 * 8, 4: 4 * 4}
    channels = {1: [3, 64, 64], 2: [64, 128, 128], 3: [128] + [256] * 4, 4: [256] + [512] * 4}
    by_hand = sum(
        2 * 9 * before * after * places[block]
        for block, chain in channels.items()
        for before, after in pairwise(chain)
    )
    assert count_flops(backbone) == by_hand


def of_operations() -> keras.Model:
    images = keras.Input((4,))
    return keras.Model(images, keras.ops.matmul(images, keras.ops.ones((4, 4))))


def of_any_size() -> keras.Model:
    images = keras.Input((None, None, 3))
    return keras.Model(images, layers.Conv2D(4, 3)(images))


def at_another_size() -> keras.Model:
    images = keras.Input((16, 16, 3))
    return keras.Model(images, of_any_size()(images))


class Subclassed(keras.Model):
    def call(self, values):
        return values


UNKNOWN = {
    "layer of Keras": lambda: keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2DTranspose(4, 3)]
    ),
    "layer of one's own": lambda: keras.Sequential([convolutional(), Doubling()]),
    "subclass": lambda: keras.Sequential([convolutional(), Wider(3)]),
    "subclass of a light one": lambda: keras.Sequential([convolutional(), Busier()]),
    "inside": lambda: keras.Sequential([keras.Sequential([convolutional(), Doubling()])]),
    "not built": lambda: keras.Sequential([layers.Dense(3)]),
    "operation": of_operations,
    "any size": of_any_size,
    "another size": at_another_size,
    "no graph": Subclassed,
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_not_known_is_unknown_rather_than_nothing_or_an_error(case: str) -> None:
    model = UNKNOWN[case]()
    assert count_flops(model) is None
    assert count_flops(convolutional(), model) is None
