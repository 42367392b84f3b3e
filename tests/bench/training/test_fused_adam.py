"""The fused Adam is Keras' own, in fewer passes over memory."""

import keras
import numpy as np
import pytest

from bench.system.backend import choose_backend

pytestmark = [
    pytest.mark.skipif(choose_backend() != "tensorflow", reason="needs the TensorFlow backend"),
]

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(size=(96, 8)).astype(np.float32)
LABELS = RANDOM.integers(0, 4, 96)


def trained(optimizer: keras.optimizers.Optimizer) -> keras.Model:
    keras.utils.set_random_seed(0)
    network = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    network.compile(optimizer, "sparse_categorical_crossentropy")
    network.fit(ROWS, LABELS, batch_size=16, epochs=4, shuffle=False, verbose=0)
    return network


def test_weights_and_state_are_those_of_keras_adam() -> None:
    from bench.training.fused_adam import FusedAdam

    ours, theirs = (trained(kind(0.01)) for kind in (FusedAdam, keras.optimizers.Adam))
    pairs = [*zip(ours.get_weights(), theirs.get_weights(), strict=True)]
    pairs += zip(ours.optimizer.variables, theirs.optimizer.variables, strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(np.array(one), np.array(other), rtol=1e-4, atol=1e-6)
