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
from bench.training.checkpoints import Checkpoint, load_weights, save_weights
from bench.training.loop import Fit, TrainingState, best_epoch, fit, predict, with_input_pipeline
from bench.training.validation import validation_scores
from datasets.augmentation.parameters import AffineAugmentation

pytestmark = pytest.mark.usefixtures("eager")

RANDOM = np.random.default_rng(0)
LABELS = np.tile(np.arange(4, dtype=np.uint8), 24)
IMAGES = RANDOM.integers(0, 40, (96, 8, 8, 3), np.uint8) + (LABELS * 50)[:, None, None, None]
TRAIN = Labelled(ArraySamples(IMAGES[:64]), LABELS[:64])
VALIDATION = Labelled(ArraySamples(IMAGES[64:]), LABELS[64:])
RECIPE = NetworkRecipe(
    split=Split("tail", 0.2), optimizer=Optimizer(), batch_size=32, epochs=4, scaling="unit"
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
            keras.layers.Dense(4),
        ]
    )


def train(recipe: NetworkRecipe = RECIPE, epochs: int = 4, **options):
    pipeline = with_input_pipeline(network(), recipe, TRAIN.samples, seed=3)
    state = TrainingState(pipeline, recipe, VALIDATION, epochs=epochs, seed=3, **options)
    return pipeline, fit(state, TRAIN)


def losses(state) -> list[tuple[float, float | None]]:
    return [(epoch.loss, epoch.validation_loss) for epoch in state.history]


@pytest.mark.promise("a training is stopped and goes on", "the same bits as if it never stopped")
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


def over_the_hill(epochs: int, **changes) -> tuple[Fit, list[list[np.ndarray]], keras.Model]:
    """A training that is best after its third epoch: from then on its steps are far too large."""
    recipe = dataclasses.replace(RECIPE, optimizer=Optimizer("sgd", 0.01, 0.9), **changes)
    pipeline = with_input_pipeline(network(), recipe, TRAIN.samples, seed=3)
    weights: list[list[np.ndarray]] = []

    def listen(epoch: int, result: EpochPart) -> None:
        weights.append(pipeline.get_weights())
        if epoch == 3:
            pipeline.optimizer.learning_rate = 2.0

    state = TrainingState(pipeline, recipe, VALIDATION, epochs=epochs, seed=3, on_epoch=listen)
    return fit(state, TRAIN), weights, pipeline


def test_both_readings_are_kept_and_the_best_is_that_of_the_lowest_validation_loss() -> None:
    found, weights, pipeline = over_the_hill(6)
    assert found.best is not None
    assert int(np.argmin([epoch.validation_loss for epoch in found.history])) == 2
    assert (found.last.epoch, found.best.epoch, found.stopped_early) == (6, 3, False)
    for kept, then in ((found.last.weights, 5), (found.best.weights, 2)):
        for one, other in zip(kept, weights[then], strict=True):
            np.testing.assert_array_equal(one, other)
    for one, other in zip(pipeline.get_weights(), found.last.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    pipeline.set_weights(found.best.weights)
    scores = validation_scores(predict(pipeline, VALIDATION.samples), VALIDATION.labels)
    assert scores[0] == pytest.approx(found.history[2].validation_loss, rel=1e-6)
    assert scores[1] == found.history[2].validation_accuracy


def test_best_weights_from_before_a_stop_are_kept(tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, optimizer=Optimizer("sgd", 0.01, 0.9))
    path, weights = tmp_path / "checkpoint.npz", []

    def begin(epochs: int, listen) -> Fit:
        pipeline = with_input_pipeline(network(), recipe, TRAIN.samples, seed=3)
        listening = {"on_epoch": lambda epoch, result: listen(epoch, pipeline), "checkpoint": path}
        return fit(
            TrainingState(pipeline, recipe, VALIDATION, epochs=epochs, seed=3, **listening), TRAIN
        )

    def stop(epoch: int, pipeline: keras.Model) -> None:
        weights.append(pipeline.get_weights())
        if epoch == 3:
            pipeline.optimizer.learning_rate = 2.0
        if epoch == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin(6, stop)
    found = begin(5, lambda epoch, pipeline: None)
    assert found.best is not None
    assert (len(found.history), found.best.epoch) == (5, 3)
    for one, other in zip(found.best.weights, weights[2], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("patience", [2, 4])
def test_early_stopping_waits_for_its_patience_and_no_longer(patience: int) -> None:
    found, _, _ = over_the_hill(12, early_stopping=EarlyStopping(patience))
    assert found.best is not None
    assert (found.best.epoch, found.stopped_early) == (3, True)
    assert len(found.history) == 3 + patience


def epoch_of(validation_loss: float | None) -> EpochPart:
    return EpochPart(
        loss=1,
        accuracy=0,
        validation_loss=validation_loss,
        validation_accuracy=None if validation_loss is None else 0,
        seconds=1,
    )


@pytest.mark.parametrize(
    ("losses", "best"),
    [
        ([2.0, 1.0, 1.0], 2),
        ([float("nan"), 3.0, 2.0], 3),
        ([float("inf"), float("nan")], None),
        ([None, None], None),
        ([], None),
    ],
)
def test_best_epoch_is_the_first_of_equals_and_never_one_without_a_number(losses, best) -> None:
    assert best_epoch([epoch_of(loss) for loss in losses]) == best


def test_samples_larger_than_a_slab_train_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    _, whole = train(epochs=2)
    monkeypatch.setattr(samples, "SLAB_BYTES", 8 * 8 * 3 * 4 * 32)
    _, slabs = train(epochs=2)
    np.testing.assert_allclose(losses(slabs), losses(whole), rtol=1e-4)


@pytest.mark.parametrize("optimizer", [Optimizer("sgd", 0.1, 0.9), Optimizer("rmsprop")])
def test_other_optimizers_are_built(optimizer: Optimizer) -> None:
    recipe = NetworkRecipe(split=Split("tail", 0.2), optimizer=optimizer, batch_size=32, epochs=1)
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
@pytest.mark.promise("a checkpoint or weights file is damaged", "one line with the fix")
def test_damaged_file_is_named_with_the_fix(load, tmp_path: Path) -> None:
    (tmp_path / "c.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(BenchError, match=r"c.npz is damaged .*; delete it and run again"):
        load(tmp_path / "c.npz")


@pytest.mark.parametrize("converted", [1, 2 * 16 * 8 * 8 * 3, 1 << 20], ids=["one", "two", "all"])
def test_batches_made_at_once_are_the_rows_in_order(
    converted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "CONVERTED_BYTES", converted)
    made = list(epochs._tensors(IMAGES[:57], LABELS[:57], 16))
    assert [len(labels) for _, labels in made] == [16, 16, 16, 9]
    np.testing.assert_array_equal(np.concatenate([np.asarray(p) for p, _ in made]), IMAGES[:57])
    np.testing.assert_array_equal(np.concatenate([np.asarray(n) for _, n in made]), LABELS[:57])
