"""Every registered network trains alike on TensorFlow and JAX, saturated features or not."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        not all(map(find_spec, ("tensorflow", "jax"))), reason="needs both backends"
    ),
]

# Losses of the first epochs, relative: both compute in float32, but add up in another order.
BOUND = 0.01
# Where dropout is on, each backend draws masks of its own.
BOUND_WITH_MASKS = 0.15
WITH_DROPOUT = ("basic_cnn", "improved_cnn", "improved_cnn_augmented", "vgg19_96_head")
# The forests have no epochs: scikit-learn fits them to what the networks here give.
CASES = (*WITH_DROPOUT, "vgg19_linear", "saturated vgg19_linear")
# Each case: the approach's own optimizer and scaling, and its network on a few small inputs.
SCRIPT = """
import dataclasses, json, sys
from pathlib import Path
import keras, numpy as np
from bench.approaches.registry import get_approach
from bench.inputs.samples import ArraySamples, Labelled
from bench.training.loop import TrainingState, fit, with_input_pipeline
from models.logits import logits_of
from models.registry import build_trainable

folder, masks, given = Path(sys.argv[1]), sys.argv[2] == "masks", sys.argv[3:]
found = {}
for case in given:
    name = case.split()[-1]
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 96).astype(np.uint8)
    if name.startswith("vgg19"):
        values = np.maximum(random.normal(-1, 2, (96, 4, 4, 512)), 0)
        values += labels[:, None, None, None] / 9
        # As the backbone's output is on pixels: up to thousands.
        values = (values * (900 if "saturated" in case else 1)).astype(np.float16)
    else:
        shades = labels[:, None, None, None] * 20
        values = (random.integers(0, 60, (96, 32, 32, 3)) + shades).astype(np.uint8)
    train, held = (
        Labelled(ArraySamples(values[part]), labels[part]) for part in (slice(72), slice(72, None))
    )
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    approach = get_approach(name)
    network = build_trainable(approach.model, values.shape[1:], 100)
    recipe = dataclasses.replace(approach.recipe, batch_size=24, early_stopping=None)
    if not masks:
        for layer in network.layers:
            if "Dropout" in type(layer).__name__:
                layer.rate = 0
    path = folder / f"{case}.npz"
    if path.exists():
        with np.load(path) as stored:
            network.set_weights([stored[key] for key in sorted(stored)])
    else:
        np.savez(path, **{f"{i:03d}": value for i, value in enumerate(network.get_weights())})
    pipeline = with_input_pipeline(logits_of(network), recipe, train.samples, 1)
    history = fit(TrainingState(pipeline, recipe, held, epochs=2, seed=1), train).history
    found[case] = [[e.loss, e.accuracy, e.validation_loss, e.validation_accuracy] for e in history]
print(json.dumps(found))
"""


def cases(masks: bool) -> tuple[str, ...]:
    return WITH_DROPOUT if masks else CASES


def losses(backend: str, folder: Path, masks: bool) -> dict[str, np.ndarray]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), "masks" if masks else "none", *cases(masks)],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {case: np.array(v) for case, v in json.loads(done.stdout.splitlines()[-1]).items()}


@pytest.mark.parametrize(
    ("masks", "bound"), [(False, BOUND), (True, BOUND_WITH_MASKS)], ids=["alike", "own masks"]
)
def test_first_epochs_agree_on_both_backends(tmp_path: Path, masks: bool, bound: float) -> None:
    # The first writes the initial weights, the second starts from them.
    one = losses("tensorflow", tmp_path, masks)
    other = losses("jax", tmp_path, masks)
    for case in cases(masks):
        assert np.isfinite(one[case]).all()
        # Training loss of both epochs; later ones drift apart, as rounding grows in each step.
        np.testing.assert_allclose(
            other[case][:, 0], one[case][:, 0], rtol=bound, err_msg=f"{case}: {other[case]}"
        )
        if not masks:
            np.testing.assert_allclose(
                other[case][0, 1:], one[case][0, 1:], rtol=5 * bound, atol=0.05
            )
    # A gradient that vanished behind a clipped softmax would leave the saturated head as it was.
    if not masks:
        before, after = other["saturated vgg19_linear"][:, 2]
        assert abs(after - before) > 0.01 * before
