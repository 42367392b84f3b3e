"""Training: the same after an interruption, stopped early, and fed without surprises."""

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest

from bench.approaches.recipes import EarlyStopping, NetworkRecipe, Optimizer, Split
from bench.errors import BenchError
from bench.inputs import samples as samples
from bench.inputs.samples import ArraySamples, Labelled
from bench.records.record import EpochPart
from bench.training import epochs
from bench.training import loop as training
from bench.training.checkpoints import Checkpoint, load_weights, save_weights
from bench.training.loop import TrainingState, best_epoch, fit, predict, with_input_pipeline
from datasets.augmentation.parameters import AffineAugmentation

pytestmark = pytest.mark.usefixtures("eager")

RANDOM = np.random.default_rng(0)
LABELS = np.tile(np.arange(4, dtype=np.uint8), 24)
PICTURES = RANDOM.integers(0, 40, (96, 8, 8, 3), np.uint8) + (LABELS * 50)[:, None, None, None]
TRAIN = Labelled(ArraySamples(PICTURES[:64]), LABELS[:64])
VALIDATION = Labelled(ArraySamples(PICTURES[64:]), LABELS[64:])
RECIPE = NetworkRecipe(
    split=Split("tail", 0.2), optimizer=Optimizer(), batch_size=16, epochs=4, scaling="unit"
)


def network() -> keras.Model:
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )


def train(recipe: NetworkRecipe = RECIPE, epochs: int = 4, **options):
    pipeline = with_input_pipeline(network(), recipe, TRAIN.samples, seed=3)
    state = TrainingState(pipeline, recipe, VALIDATION, epochs=epochs, seed=3, **options)
    return pipeline, fit(state, TRAIN)


def losses(state) -> list[tuple[float, float | None]]:
    return [(epoch.loss, epoch.validation_loss) for epoch in state.history]


def test_stopped_training_goes_on_as_if_it_never_stopped(tmp_path: Path) -> None:
    # Dropout and augmentation both draw at random: their states must go on too.
    recipe = dataclasses.replace(RECIPE, augmentation=AffineAugmentation())
    whole, expected = train(recipe)

    def stop(epoch: int, result: EpochPart) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(recipe, checkpoint=tmp_path / "c.npz", on_epoch=stop)
    told: list[int] = []
    resumed, found = train(
        recipe, checkpoint=tmp_path / "c.npz", on_epoch=lambda epoch, result: told.append(epoch)
    )
    assert told == [3, 4]
    np.testing.assert_allclose(losses(found), losses(expected), rtol=1e-4)
    np.testing.assert_allclose(
        predict(resumed, VALIDATION.samples), predict(whole, VALIDATION.samples), atol=1e-4
    )


def test_training_lowers_the_loss() -> None:
    _, state = train()
    assert state.history[-1].loss < state.history[0].loss


def test_early_stopping_keeps_the_best_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    scripted = iter([(3.0, 0.1), (1.0, 0.5), (2.0, 0.3), (2.5, 0.2), (0.1, 0.9)])
    weights: list[list[np.ndarray]] = []

    def validate(pipeline: keras.Model, part: Labelled) -> tuple[float, float]:
        weights.append(pipeline.get_weights())
        return next(scripted)

    monkeypatch.setattr(training, "_validate", validate)
    recipe = NetworkRecipe(
        split=Split("tail", 0.2),
        optimizer=Optimizer(),
        batch_size=16,
        epochs=9,
        early_stopping=EarlyStopping(patience=2),
    )
    pipeline, state = train(recipe, epochs=9)
    assert (len(state.history), state.best_epoch) == (4, 2)
    for kept, best in zip(pipeline.get_weights(), weights[1], strict=True):
        np.testing.assert_array_equal(kept, best)


def test_best_epoch_is_the_first_of_equals() -> None:
    history = [
        EpochPart(loss=1, accuracy=0, validation_loss=v, validation_accuracy=0, seconds=1)
        for v in (2.0, 1.0, 1.0)
    ]
    assert best_epoch(history) == 2


def test_rows_larger_than_a_slab_train_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    _, whole = train(epochs=2)
    monkeypatch.setattr(samples, "SLAB_BYTES", 8 * 8 * 3 * 4 * 32)
    _, slabs = train(epochs=2)
    np.testing.assert_allclose(losses(slabs), losses(whole), rtol=1e-4)


@pytest.mark.parametrize("optimizer", [Optimizer("sgd", 0.1, 0.9), Optimizer("rmsprop")])
def test_other_optimizers_are_built(optimizer: Optimizer) -> None:
    recipe = NetworkRecipe(split=Split("tail", 0.2), optimizer=optimizer, batch_size=16, epochs=1)
    pipeline, _ = train(recipe, epochs=1)
    assert type(pipeline.optimizer).__name__.lower() == optimizer.name


def test_weights_survive_the_disk(tmp_path: Path) -> None:
    first = network()
    save_weights(first, tmp_path / "w.npz")
    second = keras.models.clone_model(first)
    load_weights(second, tmp_path / "w.npz")
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("load", [Checkpoint.load, lambda path: load_weights(network(), path)])
def test_damaged_file_is_named_with_the_mend(load, tmp_path: Path) -> None:
    (tmp_path / "c.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(BenchError, match=r"c.npz is damaged .*; delete it and run again"):
        load(tmp_path / "c.npz")


@pytest.mark.parametrize("converted", [1, 2 * 16 * 8 * 8 * 3, 1 << 20], ids=["one", "two", "all"])
def test_batches_made_at_once_are_the_rows_in_order(
    converted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "CONVERTED_BYTES", converted)
    made = list(epochs._tensors(PICTURES[:57], LABELS[:57], 16))
    assert [len(labels) for _, labels in made] == [16, 16, 16, 9]
    np.testing.assert_array_equal(np.concatenate([np.asarray(p) for p, _ in made]), PICTURES[:57])
    np.testing.assert_array_equal(np.concatenate([np.asarray(n) for _, n in made]), LABELS[:57])
