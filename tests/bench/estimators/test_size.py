"""How large a network on a frozen backbone is said to be."""

import keras
import pytest

from bench.estimators import network as module
from tests.support.tiny import make_run


def test_a_frozen_backbone_counts_as_parameters_that_are_not_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backbone = keras.Sequential([keras.Input((6, 6, 3)), keras.layers.Conv2D(4, 3)])
    head = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10)])
    monkeypatch.setattr(module, "build_backbone", lambda entry: backbone)
    found = module._size(make_run("vgg19_linear"), head)
    # 3 x 3 x 3 x 4 + 4 of the convolution, 64 x 10 + 10 of the head.
    assert found.parameters == 112 + 650
    assert (found.trainable_parameters, found.non_trainable_parameters) == (650, 112)
