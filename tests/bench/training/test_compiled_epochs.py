"""The compiled epoch trains as Keras' own steps do: the same batches, masks, losses and weights."""

import dataclasses
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from bench.approaches.recipes import NetworkRecipe, Optimizer, Split
from bench.approaches.registry import installed_approaches
from bench.engines.session import Session
from bench.engines.vectorised import VectorisedEngine
from bench.inputs.samples import ArraySamples
from bench.planning.plan import plan
from bench.planning.request import Request
from bench.progress import events
from bench.records.record import RunRecord
from bench.records.store import RunStore
from bench.system.backend import choose_backend
from bench.training.epochs import EpochRunner, Labelled, StepByStep, epoch_runner
from bench.training.loop import with_input_pipeline
from datasets.augmentation.parameters import AffineAugmentation
from models import registry
from models.registry import ModelEntry

pytestmark = [
    pytest.mark.skipif(choose_backend() != "jax", reason="needs the JAX backend"),
]

RANDOM = np.random.default_rng(0)
LABELS = np.tile(np.arange(4, dtype=np.uint8), 25)
IMAGES = RANDOM.integers(0, 40, (100, 8, 8, 3), np.uint8) + (LABELS * 50)[:, None, None, None]
# 100 samples in batches of 16: the last one is smaller.
TRAIN = Labelled(ArraySamples(IMAGES), LABELS)
RECIPE = NetworkRecipe(Split("tail", 0.2), Optimizer(), batch_size=16, epochs=3)


def pipeline(recipe: NetworkRecipe, seed: int = 3) -> keras.Model:
    keras.utils.set_random_seed(seed)
    network = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(4),
        ]
    )
    with pytest.MonkeyPatch.context() as patch:
        # The augmentation is to be inside, as on an accelerator.
        patch.setattr("bench.training.loop.has_accelerator", lambda: True)
        built = with_input_pipeline(network, recipe, TRAIN.samples, seed=seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    built.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return built


def train(runner: EpochRunner, epochs: int = 3) -> list[tuple[float, float]]:
    return [
        runner(np.random.default_rng(epoch).permutation(len(TRAIN)), (0, epoch))
        for epoch in range(epochs)
    ]


@pytest.mark.parametrize(
    ("augmentation", "resident"),
    [(None, False), (AffineAugmentation(), True)],
    ids=["plain, slab by slab", "augmented, samples on the device"],
)
def test_compiled_epoch_equals_keras_own_steps(
    augmentation: AffineAugmentation | None,
    resident: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bench.training.compiled_epochs import CompiledEpochs

    # Two whole batches a slab.
    monkeypatch.setattr("bench.inputs.samples.SLAB_BYTES", 2 * 16 * 8 * 8 * 3 * 4)
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
    from bench.training.compiled_epochs import CompiledEpochs

    monkeypatch.setattr("bench.training.epochs.has_accelerator", lambda: True)
    runner = epoch_runner(pipeline(RECIPE), TRAIN, 16)
    assert isinstance(runner, CompiledEpochs)


def test_seeds_side_by_side_train_as_each_would_alone() -> None:
    from bench.training.compiled_epochs import SideBySideEpochs

    recipe = dataclasses.replace(RECIPE, augmentation=AffineAugmentation())
    alone = [pipeline(recipe, seed) for seed in (3, 4)]
    together = [pipeline(recipe, seed) for seed in (3, 4)]
    runner = SideBySideEpochs(together, TRAIN, 16)
    for epoch in range(2):
        orders = np.stack([np.random.default_rng((s, epoch)).permutation(100) for s in (3, 4)])
        expected = [
            StepByStep(one, TRAIN, 16)(order, (0, 0))
            for one, order in zip(alone, orders, strict=True)
        ]
        np.testing.assert_allclose(runner(orders), expected, rtol=2e-4)
    assert expected[0] != expected[1]
    for ours, theirs in zip(together, alone, strict=True):
        for one, other in zip(ours.variables, theirs.variables, strict=True):
            np.testing.assert_allclose(one, other, atol=2e-4)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The basic CNN's place is taken by a network that costs next to nothing."""
    entry = ModelEntry("basic_cnn", "tests.support.factories:tiny_network")
    others = tuple(e for e in registry.ENTRIES if e.name != "basic_cnn")
    monkeypatch.setattr(registry, "ENTRIES", (entry, *others))


@pytest.mark.usefixtures("tiny")
def test_plan_of_seeds_side_by_side_gives_the_records_of_each_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench.training import compiled_epochs

    heard: list[events.Event] = []
    planned = plan(Request("smoke", ("basic_cnn",), seeds=2), installed_approaches())

    def run(folder: str, **options: Any) -> list[RunRecord]:
        heard.clear()
        session = Session(RunStore(tmp_path / folder), listener=heard.append, **options)
        return list(VectorisedEngine().run(planned, session))

    def started() -> list[tuple[int, ...]]:
        found = [event.runs for event in heard if isinstance(event, events.SeedsStarted)]
        return [tuple(run.seed for run in runs) for runs in found]

    alone = run("alone")
    assert started() == []
    monkeypatch.setattr("bench.system.devices.has_accelerator", lambda: True)
    monkeypatch.setattr(compiled_epochs, "fits_on_device", lambda train: True)
    together = run("together")
    assert started() == [(0, 1)]
    for one, other in zip(together, alone, strict=True):
        assert one.key == other.key
        assert [epoch.shared_by for epoch in one.history] == [2]
        assert one.history[0].loss == pytest.approx(other.history[0].loss, rel=1e-3)
        assert one.test.loss == pytest.approx(other.test.loss, rel=1e-2)
    run("together")
    assert started() == []
    run("together", rerun=True)
    assert started() == [(0, 1)]
    assert not list(tmp_path.rglob("checkpoint.npz"))
