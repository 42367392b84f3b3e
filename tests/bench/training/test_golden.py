"""A training is what a plain Keras script of the same recipe does, batch by batch."""

import dataclasses
from functools import cache

import keras
import numpy as np
import pytest

from bench.approaches.recipes import EarlyStopping, NetworkRecipe, Optimizer
from bench.inputs.samples import ArraySamples, Labelled
from bench.training.loop import TrainingState, fit, with_input_pipeline
from datasets.augmentation.arrays import augment
from datasets.augmentation.parameters import AffineAugmentation
from tests.support.small_training import RECIPE, SIZES, TRAIN, VALIDATION, network

pytestmark = pytest.mark.usefixtures("eager")


@cache
def trained(recipe: NetworkRecipe = RECIPE, seed: int = 5):
    """As `train`; done once, as several tests hold it against others."""
    return train(recipe, seed)


def train(recipe: NetworkRecipe = RECIPE, seed: int = 5, validation=VALIDATION):
    keras.utils.set_random_seed(seed)
    pipeline = with_input_pipeline(network(), recipe, TRAIN.samples, seed)
    state = TrainingState(pipeline, recipe, validation, epochs=recipe.epochs, seed=seed)
    history = fit(state, TRAIN).history
    return [
        (e.loss, e.accuracy, e.validation_loss, e.validation_accuracy) for e in history
    ], pipeline.get_weights()


def plain_keras(recipe: NetworkRecipe = RECIPE, seed: int = 5):
    """The same by `train_on_batch` and `evaluate`, with everything written out."""
    keras.utils.set_random_seed(seed)
    model = network()
    scale = 255 if recipe.scaling == "unit" else 1
    made = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[recipe.optimizer.name]
    options = {"momentum": recipe.optimizer.momentum} if recipe.optimizer.momentum else {}
    model.compile(
        made(learning_rate=recipe.optimizer.learning_rate, **options),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    told = []
    for epoch in range(1, recipe.epochs + 1):
        order = np.random.default_rng((seed, epoch)).permutation(SIZES["train"])
        images = TRAIN.samples.array[order]
        if recipe.augmentation:
            images = augment(recipe.augmentation, images, (seed, epoch, 0))
        sums = np.zeros(2)
        for start in range(0, SIZES["train"], recipe.batch_size):
            batch = slice(start, start + recipe.batch_size)
            pixels = images[batch].astype(np.float32) / scale
            labels = TRAIN.labels[order][batch]
            model.reset_metrics()
            sums += np.array(model.train_on_batch(pixels, labels)) * len(labels)
        scores = model.evaluate(
            VALIDATION.samples.array.astype(np.float32) / scale, VALIDATION.labels, verbose=0
        )
        told.append((*(sums / SIZES["train"]), *scores))
    return told, model.get_weights()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": Optimizer("sgd", 0.05)},
        {"optimizer": Optimizer("sgd", 0.01, 0.9)},
        {"optimizer": Optimizer("adam", 0.01)},
        {"batch_size": 20},
        {"scaling": "raw", "optimizer": Optimizer("sgd", 1e-4)},
        {"augmentation": AffineAugmentation()},
    ],
    ids=["as it is", "no momentum", "slower", "adam", "batch size", "raw pixels", "augmented"],
)
def test_training_is_that_of_a_plain_keras_script(changes) -> None:
    recipe = dataclasses.replace(RECIPE, **changes)
    found, weights = trained(recipe)
    expected, theirs = plain_keras(recipe)
    np.testing.assert_allclose(found[0][:2], expected[0][:2], rtol=2e-6)
    # Rounding grows in each step: JAX compiles the pipeline and the plain network apart.
    np.testing.assert_allclose(found, expected, rtol=2e-4)
    for one, other in zip(weights, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_the_changes_above_each_change_the_losses() -> None:
    # Else the test above would pass with a recipe that is ignored.
    recipes = [
        RECIPE,
        dataclasses.replace(RECIPE, optimizer=Optimizer("sgd", 0.05)),
        dataclasses.replace(RECIPE, optimizer=Optimizer("sgd", 0.01, 0.9)),
        dataclasses.replace(RECIPE, batch_size=20),
        dataclasses.replace(RECIPE, augmentation=AffineAugmentation()),
    ]
    losses = [trained(recipe)[0][0][0] for recipe in recipes]
    assert len(set(np.round(losses, 5))) == len(recipes)


def test_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    once, weights = trained()
    again, same = train()
    other, different = train(seed=6)
    assert once == again
    for one, two in zip(weights, same, strict=True):
        np.testing.assert_array_equal(one, two)
    assert once != other
    assert any((one != two).any() for one, two in zip(weights, different, strict=True))


def test_order_and_augmentation_differ_by_epoch_and_by_seed() -> None:
    seen: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}
    recipe = dataclasses.replace(RECIPE, augmentation=AffineAugmentation(), epochs=2)
    for seed in (1, 2):
        pipeline = with_input_pipeline(network(), recipe, TRAIN.samples, seed)
        state = TrainingState(pipeline, recipe, None, epochs=2, seed=seed)
        for epoch in (1, 2):
            order = state.next_order(60)
            assert sorted(order) == list(range(60))
            moved = augment(recipe.augmentation, TRAIN.samples.array, (*state.stream, 0))
            seen[seed, epoch] = order, moved
            state.conclude_epoch(1.0, 0.5, 0.1)
    for one in seen:
        for other in seen:
            if one < other:
                assert (seen[one][0] != seen[other][0]).any()
                assert (seen[one][1] != seen[other][1]).any()


def test_validation_decides_nothing_about_the_weights_and_noise_in_it_shows_only_there() -> None:
    noise = Labelled(
        ArraySamples(np.random.default_rng(9).integers(0, 256, (24, 8, 8, 3), np.uint8)),
        VALIDATION.labels[::-1].copy(),
    )
    with_data, weights = trained()
    with_noise, others = train(validation=noise)
    assert [row[:2] for row in with_data] == [row[:2] for row in with_noise]
    assert [row[2:] for row in with_data] != [row[2:] for row in with_noise]
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_array_equal(one, other)


def test_patience_is_the_recipes() -> None:
    recipe = dataclasses.replace(
        RECIPE, epochs=40, early_stopping=EarlyStopping(1), optimizer=Optimizer("sgd", 0.2, 0.9)
    )
    losses = [row[2] for row in trained(recipe)[0]]
    assert losses[-1] >= min(losses[:-1])
    assert losses[:-1] == sorted(losses[:-1], reverse=True)
