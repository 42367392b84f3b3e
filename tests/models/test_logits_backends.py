"""Logits and their training on both backends, whole models and a saturated head."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.processes

SCRIPT = """
import json
import keras
import numpy as np
import models
from models.logits import logits_of

draw = np.random.default_rng(0)
differences = {}
for name in models.list_models():
    model = models.build(name)
    logits = logits_of(model)
    assert [id(w) for w in logits.variables] == [id(w) for w in model.variables]
    images = draw.uniform(0, 1, (2, *model.input_shape[1:])).astype("float32")
    values = logits.predict(images, verbose=0).astype("float64")
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    differences[name] = float(np.abs(probabilities - model.predict(images, verbose=0)).max())

head = models.build_trainable("vgg19_linear", (2, 2, 16), 10)
draw = np.random.default_rng(1)
head.set_weights([draw.normal(0, 0.1, (64, 10)).astype("float32"), np.zeros(10, "float32")])
features = (130 * draw.exponential(size=(64, 2, 2, 16))).astype("float32")
labels = draw.integers(0, 10, 64)
network = logits_of(head)
network.compile(
    keras.optimizers.SGD(1e-4), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
)
losses = [float(network.train_on_batch(features, labels)) for _ in range(8)]
weights = keras.ops.convert_to_numpy(head.weights[0]).tolist()
print(json.dumps([keras.backend.backend(), differences, losses, weights]))
"""


def answers(backend: str) -> list:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def by_hand() -> tuple[list[float], np.ndarray]:
    """The head's training in float64, from its formulas alone."""
    draw = np.random.default_rng(1)
    kernel, bias = draw.normal(0, 0.1, (64, 10)).astype("float32").astype(float), np.zeros(10)
    features = (130 * draw.exponential(size=(64, 64))).astype("float32").astype(float)
    labels = np.eye(10)[draw.integers(0, 10, 64)]
    losses = []
    for _ in range(8):
        logits = features @ kernel + bias
        logits -= logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-(labels * logs).sum() / 64)
        error = (np.exp(logs) - labels) / 64
        kernel, bias = kernel - 1e-4 * features.T @ error, bias - 1e-4 * error.sum(axis=0)
    return losses, kernel


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_backend_gives_the_documented_output_and_trains_a_saturated_head(backend: str) -> None:
    pytest.importorskip(backend)
    used, differences, losses, weights = answers(backend)
    assert used == backend
    assert len(differences) == 4
    assert max(differences.values()) < 1e-6
    expected, kernel = by_hand()
    assert expected[0] > 50  # far beyond what a float32 softmax resolves
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    np.testing.assert_allclose(weights, kernel, atol=1e-4)
