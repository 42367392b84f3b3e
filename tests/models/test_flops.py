"""The count of operations against counts by hand."""

import keras
import pytest
from keras import layers

from models.flops import count_flops


def test_count_equals_the_sum_by_hand() -> None:
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10)]
    )
    assert count_flops(model) == 2 * (3 * 3 * 3) * 4 * 6 * 6 + 2 * (4 * 6 * 6) * 10


def test_unknown_layer_is_refused_rather_than_counted_as_nothing() -> None:
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2DTranspose(4, 3, name="odd")])
    with pytest.raises(TypeError, match="'odd' of type Conv2DTranspose"):
        count_flops(model)
