"""What is fitted or chosen depends on the training split and the seed, and on nothing else."""

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest

from bench.approaches.approach import Approach
from bench.approaches.recipes import EarlyStopping, ForestRecipe, Optimizer
from bench.estimators.forest import ForestEstimator, fit_forest, forest_probabilities
from bench.estimators.network import NetworkEstimator, load_layer
from bench.estimators.protocol import Outcome, Task
from bench.inputs.samples import ArraySamples, Labelled
from bench.inputs.splits import Inputs
from bench.planning.run_spec import RunSpec
from bench.records.store import WEIGHTS
from tests.support.small_training import CLASSES, TRAIN, VALIDATION, split
from tests.support.tiny import NETWORK, TIER, make_run, register

pytestmark = pytest.mark.usefixtures("eager")

TEST = split("test")
INDEX = np.arange(36)[::-1] * 3
SOUND = Inputs(TRAIN, VALIDATION, TEST, INDEX, CLASSES, 0.0)
RECIPE = dataclasses.replace(
    NETWORK.recipe, optimizer=Optimizer("sgd", 0.05), batch_size=24, scaling="unit", epochs=3
)
TINY = dataclasses.replace(NETWORK, recipe=RECIPE)
FOREST = Approach("tiny_forest", "Forest", "tiny", ForestRecipe("tiny", "Flatten", trees=7))


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


@pytest.fixture(scope="module")
def usual(eager: None, tmp_path_factory: pytest.TempPathFactory):
    """One training as it should be, for all tests that hold another against it."""
    folder = tmp_path_factory.mktemp("usual") / "run"
    with pytest.MonkeyPatch.context() as patch:
        register(patch)
        return folder, *trained(folder)


def noise(like: Labelled) -> Labelled:
    random = np.random.default_rng(99)
    images = random.integers(0, 256, (len(like), 8, 8, 3), np.uint8)
    return Labelled(ArraySamples(images), random.integers(0, CLASSES, len(like), np.uint8))


def network_run(seed: int = 3, epochs: int = 2, **changes) -> RunSpec:
    approach = dataclasses.replace(TINY, recipe=dataclasses.replace(RECIPE, **changes))
    return make_run(approach, seed, tier=dataclasses.replace(TIER, max_epochs=epochs))


def trained(folder: Path, inputs: Inputs = SOUND, run: RunSpec | None = None):
    folder.mkdir()
    outcome = NetworkEstimator().fit(Task(run or network_run(), inputs, folder))
    with np.load(folder / WEIGHTS) as kept:
        return outcome, [kept[name] for name in sorted(kept.files)]


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def forest(folder: Path, inputs: Inputs, seed: int = 3, **changes) -> Outcome:
    approach = dataclasses.replace(FOREST, recipe=dataclasses.replace(FOREST.recipe, **changes))
    tier = dataclasses.replace(TIER, max_trees=5)
    run = make_run(approach, seed, tier=tier)
    return ForestEstimator().fit(Task(run, inputs, folder, base_folder=folder))


def test_noise_in_the_test_split_changes_nothing_but_the_test_scores(usual, tmp_path: Path) -> None:
    noisy = dataclasses.replace(SOUND, test=noise(TEST))
    _, first, weights = usual
    second, others = trained(tmp_path / "noisy", noisy)
    assert same(weights, others)
    assert (first.train, first.validation) == (second.train, second.validation)
    assert [e.loss for e in first.history] == [e.loss for e in second.history]
    assert [e.validation_loss for e in first.history] == [e.validation_loss for e in second.history]
    assert (first.test.label_log_probability != second.test.label_log_probability).any()


def test_noise_in_the_validation_split_changes_no_weights(usual, tmp_path: Path) -> None:
    noisy = dataclasses.replace(SOUND, validation=noise(VALIDATION))
    _, first, weights = usual
    second, others = trained(tmp_path / "noisy", noisy)
    assert same(weights, others)
    assert [e.loss for e in first.history] == [e.loss for e in second.history]
    assert [e.validation_loss for e in first.history] != [e.validation_loss for e in second.history]
    assert first.train == second.train
    assert first.validation != second.validation


def test_noise_in_the_training_split_changes_the_weights(usual, tmp_path: Path) -> None:
    # Else the two tests above would pass with a network that is never trained.
    _, _, weights = usual
    _, others = trained(tmp_path / "noisy", dataclasses.replace(SOUND, train=noise(TRAIN)))
    assert not same(weights, others)


def test_scores_are_of_their_own_splits(usual) -> None:
    _, outcome, _ = usual
    assert (outcome.train.images, outcome.validation.images) == (60, 24)
    assert outcome.test.label.tolist() == TEST.labels.tolist()
    assert outcome.test.index.tolist() == INDEX.tolist()
    last = outcome.history[-1]
    assert outcome.validation.loss == pytest.approx(last.validation_loss, rel=1e-5)
    assert len(outcome.history) == 2


def test_seed_draws_the_initial_weights(tmp_path: Path) -> None:
    still = {"optimizer": Optimizer("sgd", 1e-30)}
    _, one = trained(tmp_path / "one", run=network_run(1, **still))
    _, again = trained(tmp_path / "again", run=network_run(1, **still))
    _, other = trained(tmp_path / "other", run=network_run(2, **still))
    assert same(one, again)
    # Of kernels: the states of generators and of normalization follow the order as well.
    kernels = [[w for w in weights if w.ndim > 1] for weights in (one, other)]
    assert kernels[0]
    assert not any(np.array_equal(a, b) for a, b in zip(*kernels, strict=True))


def test_seed_draws_the_order_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.training.loop import TrainingState

    seen: dict[str, list[int]] = {}
    drawn = TrainingState.next_order
    for name, seed in (("one", 1), ("two", 2)):
        monkeypatch.setattr(
            TrainingState,
            "next_order",
            lambda self, n, name=name: seen.setdefault(name, drawn(self, n).tolist()),
        )
        trained(tmp_path / name, run=network_run(seed, epochs=1))
    assert sorted(seen["one"]) == sorted(seen["two"]) == list(range(60))
    assert seen["one"] != seen["two"]


@pytest.mark.parametrize("restores", [False, True])
def test_weights_that_are_kept_are_those_that_the_recipe_says(tmp_path, restores: bool) -> None:
    # Validation labels that say the opposite: each epoch is worse than the one before.
    turned = Labelled(VALIDATION.samples, (CLASSES - 1 - VALIDATION.labels).astype(np.uint8))
    inputs = dataclasses.replace(SOUND, validation=turned)
    stopping = EarlyStopping(patience=3, restore_best_weights=restores)
    run = network_run(epochs=3, early_stopping=stopping, optimizer=Optimizer("sgd", 0.2))
    outcome, weights = trained(tmp_path / "run", inputs, run)
    losses = [epoch.validation_loss for epoch in outcome.history]
    best = losses.index(min(losses)) + 1
    assert best < len(losses)
    assert {name: r.epoch for name, r in outcome.readings.items()} == {"last": 3, "best": best}
    for name, epoch in (("last", 3), ("best", best)):
        assert outcome.readings[name].validation.loss == pytest.approx(losses[epoch - 1], rel=1e-4)
    assert outcome.best_epoch == (best if restores else None)
    kept = best if restores else 3
    assert outcome.validation.loss == pytest.approx(losses[kept - 1], rel=1e-4)
    shorter = network_run(epochs=kept, optimizer=Optimizer("sgd", 0.2))
    _, after = trained(tmp_path / "shorter", inputs, shorter)
    assert same(weights, after)


def test_forest_depends_on_training_split_and_seed_alone(usual) -> None:
    folder, _, _ = usual
    # Noise throughout: on images that are easy every forest has the same scores.
    hard = dataclasses.replace(SOUND, train=noise(TRAIN), validation=noise(VALIDATION))
    first = forest(folder, hard)
    other_test = forest(folder, dataclasses.replace(hard, test=noise(TEST)))
    other_validation = forest(folder, dataclasses.replace(hard, validation=VALIDATION))
    assert other_test.train == other_validation.train == first.train
    assert other_test.validation == first.validation != other_validation.validation
    assert other_validation.test.credit.tolist() == first.test.credit.tolist()
    assert forest(folder, hard, seed=4).train.loss != first.train.loss
    assert forest(folder, hard).train == first.train
    assert first.train.accuracy > 0.9 > first.validation.accuracy
    assert (first.train.images, first.validation.images) == (60, 24)
    assert first.test.index.tolist() == INDEX.tolist()


@pytest.mark.parametrize(("trees", "used"), [(3, 3), (7, 5)])
def test_forest_has_the_recipes_trees_up_to_the_tiers_cap(
    usual, monkeypatch: pytest.MonkeyPatch, trees: int, used: int
) -> None:
    from bench.estimators import forest as module

    made = []
    monkeypatch.setattr(
        module, "fit_forest", lambda *a, **k: made.append(fit_forest(*a, **k)) or made[-1]
    )
    folder, _, _ = usual
    forest(folder, SOUND, trees=trees)
    assert [len(one.estimators_) for one in made] == [used]


def test_forest_votes_for_the_classes_that_it_saw() -> None:
    features = np.array([[0.0], [0.1], [5.0], [5.1]], np.float32)
    fitted = fit_forest(features, np.array([1, 1, 3, 3], np.uint8), trees=9, seed=0)
    votes = forest_probabilities(fitted, features, 5)
    assert votes.argmax(axis=1).tolist() == [1, 1, 3, 3]
    assert votes[:, [0, 2, 4]].max() == 0


def test_layer_of_a_trained_network_has_its_trained_weights(usual) -> None:
    folder, _, weights = usual
    keras.backend.clear_session()
    classifier = load_layer(network_run(), SOUND, folder, "dense")
    images = TEST.samples.take(np.arange(36)).astype(np.float32)
    logits = images.mean(axis=(1, 2)) @ weights[0] + weights[1]
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = shifted / shifted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classifier.predict_on_batch(images), expected, rtol=1e-3, atol=1e-5)
