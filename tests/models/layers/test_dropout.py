"""Our dropout is Keras' dropout: the same masks, draw after draw, compiled or not."""

import keras
import numpy as np
import pytest

from bench.system.backend import choose_backend
from models.layers.dropout import Dropout


class Training(keras.layers.Layer):
    """A layer as it is in training, whatever the model around it does."""

    def __init__(self, layer: keras.layers.Layer) -> None:
        super().__init__()
        self.layer = layer

    def call(self, values):
        return self.layer(values, training=True)


def draws(layer: keras.layers.Layer, values: np.ndarray, **options) -> list[np.ndarray]:
    model = keras.Sequential([keras.Input(values.shape[1:]), Training(layer)])
    model.compile(**options)
    return [model.predict_on_batch(values) for _ in range(2)]


# 3 * 5 * 7 values are no whole number of groups of four.
@pytest.mark.parametrize(("shape", "rate"), [((3, 5, 7), 0.1), ((8, 6, 6, 4), 0.45)])
def test_masks_are_those_of_keras(shape: tuple[int, ...], rate: float) -> None:
    values = np.random.default_rng(0).standard_normal(shape, np.float32)
    expected = draws(keras.layers.Dropout(rate, seed=3), values)
    assert not np.array_equal(*expected)
    np.testing.assert_array_equal(draws(Dropout(rate, seed=3), values), expected)
    eagerly = draws(Dropout(rate, seed=3), values, run_eagerly=True)
    np.testing.assert_array_equal(eagerly, expected)


def test_seed_changes_the_masks_and_the_same_seed_does_not() -> None:
    values = np.ones((4, 50), np.float32)
    first, again, other = (draws(Dropout(0.5, seed=seed), values) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], other[0])
    # Nor does one step get the masks of the step before, or one image those of another.
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0][0], first[0][1])
    assert set(np.unique(first)) == {0, 2}


def test_global_seed_changes_the_masks_of_a_network() -> None:
    def masks(seed: int) -> list[np.ndarray]:
        keras.utils.set_random_seed(seed)
        return draws(Dropout(0.5), np.ones((4, 50), np.float32))

    np.testing.assert_array_equal(masks(0), masks(0))
    assert not np.array_equal(masks(0), masks(1))


def test_without_training_nothing_is_dropped() -> None:
    values = np.random.default_rng(0).standard_normal((4, 50), np.float32)
    model = keras.Sequential([keras.Input((50,)), Dropout(0.5)])
    np.testing.assert_array_equal(model.predict_on_batch(values), values)


@pytest.mark.skipif(choose_backend() != "tensorflow", reason="needs the TensorFlow backend")
def test_compiled_step_draws_its_masks_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    from models.layers import philox

    shapes: list[tuple[int, ...]] = []
    draw = philox.scaled_mask

    def spied(shape, rate, seed):
        shapes.append(shape)
        return draw(shape, rate, seed)

    monkeypatch.setattr(philox, "scaled_mask", spied)
    draws(Dropout(0.1), np.ones((4, 4), np.float32))
    assert shapes == [(4, 4)]
