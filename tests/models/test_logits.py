"""Logits beside the documented softmax: the same network, and numbers that survive."""

from collections.abc import Callable
from functools import cache

import keras
import numpy as np
import pytest
from keras import layers

import models
from models import ModelError
from models.logits import logits_of
from models.registry import get_entry


@cache
def built(name: str) -> keras.Model:
    return models.build(name)


def softmax(logits: np.ndarray) -> np.ndarray:
    """In float64, which holds what float32 loses."""
    values = logits.astype(np.float64)
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("name", models.list_models())
def test_softmax_of_the_logits_is_the_documented_output(name: str) -> None:
    shape = (2, 2, 64) if get_entry(name).backbone else (32, 32, 3)
    model = models.build_trainable(name, shape, 100)
    images = np.random.default_rng(0).uniform(0, 1, (3, *model.input_shape[1:])).astype(np.float32)
    logits = logits_of(model).predict_on_batch(images)
    assert logits.std() > 0
    np.testing.assert_allclose(softmax(logits), model.predict_on_batch(images), atol=1e-6)


@pytest.mark.parametrize("name", models.list_models())
def test_weights_are_the_documented_models_in_its_order(name: str) -> None:
    model = built(name)
    logits = logits_of(model)
    for one, other in (
        (model.weights, logits.weights),
        (model.variables, logits.variables),
        (model.trainable_weights, logits.trainable_weights),
        (model.non_trainable_weights, logits.non_trainable_weights),
    ):
        assert [id(weight) for weight in one] == [id(weight) for weight in other]
    assert logits.count_params() == model.count_params()
    assert logits.output_shape == model.output_shape
    names = [layer.name for layer in model.layers]
    assert [layer.name for layer in logits.layers][-len(names) :] == names
    assert logits.get_layer("Flatten") is model.get_layer("Flatten")


def head(**options) -> keras.Model:
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(3, activation="softmax", name="scores", **options)]
    )


def test_huge_logits_survive() -> None:
    model = head()
    kernel, bias = np.array([[1e5, -1e5, 0], [0, 0, 99_999]], np.float32), np.zeros(3, np.float32)
    model.set_weights([kernel, bias])
    logits = logits_of(model).predict_on_batch(np.array([[1, 1], [-1, 1]], np.float32))
    np.testing.assert_array_equal(logits, [[1e5, -1e5, 99_999], [-1e5, 1e5, 99_999]])
    # The order of all three is lost to the documented output.
    assert model.predict_on_batch(np.array([[1, 1]], np.float32))[0, 1] == 0


def test_step_of_training_is_the_one_by_hand_and_reaches_the_documented_model() -> None:
    model = head()
    kernel = np.array([[200.0, -300, 100], [0, 50, -100]], np.float32)
    model.set_weights([kernel, np.zeros(3, np.float32)])
    features = np.array([[1.0, 2], [3, -1]], np.float32)
    labels = np.array([1, 2])
    network = logits_of(model)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.SGD(0.5), loss)
    network.train_on_batch(features, labels)
    # The gradient of the mean cross-entropy to the logits: (probability - label) / images.
    error = (softmax(features @ kernel) - np.eye(3)[labels]) / 2
    expected = kernel - 0.5 * features.T @ error
    after, bias = model.get_weights()
    np.testing.assert_allclose(after, expected, rtol=1e-6)
    np.testing.assert_allclose(bias, -0.5 * error.sum(axis=0), rtol=1e-6)
    # A saturated class gets its whole gradient, which JAX's clipped probabilities would not give.
    assert np.abs(after - kernel).max() > 0.4


def test_dropout_masks_and_moving_means_are_shared() -> None:
    """The seed states and the normalization of a step land in the documented model too."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    seed = np.array(model.get_layer("drop").seed_generator.state)
    network = logits_of(model)
    network.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    network.train_on_batch(np.ones((4, 4), np.float32), np.zeros(4, int))
    assert not np.array_equal(np.array(model.get_layer("drop").seed_generator.state), seed)
    np.testing.assert_allclose(model.get_layer("norm").moving_mean, np.full(4, 0.01), rtol=1e-5)


def as_layer(last: Callable[[], keras.Layer]) -> keras.Model:
    return keras.Sequential([keras.Input((2,)), layers.Dense(3, name="scores"), last()])


PLACES = {
    "dense": lambda: head(use_bias=False),
    "layer": lambda: as_layer(layers.Softmax),
    "axis": lambda: as_layer(lambda: layers.Softmax(axis=1)),
    "activation": lambda: as_layer(lambda: layers.Activation("softmax")),
    "nested": lambda: keras.Sequential([keras.Input((2,)), layers.Rescaling(2.0), head()]),
}


@pytest.mark.parametrize("place", PLACES)
def test_softmax_is_found_in_every_usual_place(place: str) -> None:
    whole = PLACES[place]()
    logits = logits_of(whole)
    values = np.array([[3, -2], [0.5, 1]], np.float32)
    np.testing.assert_allclose(
        softmax(logits.predict_on_batch(values)), whole.predict_on_batch(values), rtol=1e-5
    )
    assert [id(w) for w in logits.weights] == [id(w) for w in whole.weights]


def test_half_precision_gives_float32_logits() -> None:
    logits = logits_of(head(dtype="mixed_bfloat16"))
    assert logits.predict_on_batch(np.ones((1, 2), np.float32)).dtype == np.float32


class Subclassed(keras.Model):
    def call(self, values):
        return values


class Hotter(layers.Dense):
    """Computes something else than its parent."""

    def call(self, values, training=None):
        return super().call(2 * values)


def two_outputs() -> keras.Model:
    values = keras.Input((2,))
    return keras.Model(values, [layers.Softmax()(values), layers.ReLU()(values)])


WITHOUT = {
    "Dense 's' with sigmoid": lambda: as_layer(lambda: layers.Dense(3, "sigmoid", name="s")),
    "ends in Dense 's' with linear": lambda: as_layer(lambda: layers.Dense(3, name="s")),
    "ends in ReLU 'r'": lambda: as_layer(lambda: layers.ReLU(name="r")),
    "ends in Softmax 'a'": lambda: as_layer(lambda: layers.Softmax(axis=0, name="a")),
    "ends in Hotter 'h'": lambda: as_layer(lambda: Hotter(3, activation="softmax", name="h")),
    "'subclass' has no single output": lambda: Subclassed(name="subclass"),
    "'unbuilt' has no single output": lambda: keras.Sequential([layers.Dense(3)], name="unbuilt"),
    "has no single output": two_outputs,
}


@pytest.mark.parametrize("message", WITHOUT)
def test_model_without_a_softmax_at_its_end_is_refused(message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        logits_of(WITHOUT[message]())
    assert str(caught.value).isprintable()
