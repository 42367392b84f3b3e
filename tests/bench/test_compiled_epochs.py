"""The compiled epoch trains as Keras' own steps do: the same batches, masks, losses and weights."""

import dataclasses

import keras
import numpy as np
import pytest

from bench.backend import choose_backend
from bench.epochs import EpochRunner, Labelled, StepByStep, epoch_runner
from bench.recipes import NetworkRecipe, Optimizer, Split
from bench.rows import ArrayRows
from bench.training import with_input_pipeline
from datasets.augmentation import AffineAugmentation

pytestmark = [
    pytest.mark.smoke,
    pytest.mark.skipif(choose_backend() != "jax", reason="needs the JAX backend"),
]

RANDOM = np.random.default_rng(0)
LABELS = np.tile(np.arange(4, dtype=np.uint8), 25)
PICTURES = RANDOM.integers(0, 40, (100, 8, 8, 3), np.uint8) + (LABELS * 50)[:, None, None, None]
# 100 rows in batches of 16: the last one is smaller.
TRAIN = Labelled(ArrayRows(PICTURES), LABELS)
RECIPE = NetworkRecipe(Split("tail", 0.2), Optimizer(), batch_size=16, epochs=3)


def pipeline(recipe: NetworkRecipe) -> keras.Model:
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    network = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    built = with_input_pipeline(network, recipe, TRAIN.rows, seed=3)
    built.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return built


def train(runner: EpochRunner, epochs: int = 3) -> list[tuple[float, float]]:
    return [runner(np.random.default_rng(epoch).permutation(len(TRAIN))) for epoch in range(epochs)]


@pytest.mark.parametrize("resident", [True, False], ids=["rows on the device", "slab by slab"])
@pytest.mark.parametrize("augmentation", [None, AffineAugmentation()], ids=["plain", "augmented"])
def test_compiled_epoch_equals_keras_own_steps(
    augmentation: AffineAugmentation | None,
    resident: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bench.compiled_epochs import CompiledEpochs

    # Two whole batches a slab.
    monkeypatch.setattr("bench.rows.SLAB_BYTES", 2 * 16 * 8 * 8 * 3 * 4)
    recipe = dataclasses.replace(RECIPE, augmentation=augmentation)
    plain, compiled = pipeline(recipe), pipeline(recipe)
    expected = train(StepByStep(plain, TRAIN, 16))
    found = train(CompiledEpochs(compiled, TRAIN, 16, resident=resident))
    np.testing.assert_allclose(found, expected, rtol=2e-4)
    for ours, theirs in zip(compiled.variables, plain.variables, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-4)
    assert compiled.optimizer.iterations == plain.optimizer.iterations == 3 * 7


def test_cpu_keeps_keras_own_steps() -> None:
    assert isinstance(epoch_runner(pipeline(RECIPE), TRAIN, 16), StepByStep)


def test_accelerator_has_the_compiled_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench import compiled_epochs

    monkeypatch.setattr(compiled_epochs, "has_accelerator", lambda: True)
    runner = epoch_runner(pipeline(RECIPE), TRAIN, 16)
    assert isinstance(runner, compiled_epochs.CompiledEpochs)
