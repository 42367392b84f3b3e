"""Runs whose model is a random forest on a network's features."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from bench.approaches.recipes import ForestRecipe
from bench.estimators.outcome import Outcome, scores_of, test_predictions
from bench.inputs.samples import Samples
from bench.inputs.splits import Inputs
from bench.planning.runs import Run
from bench.records.record import ModelPart


def run_forest(run: Run, recipe: ForestRecipe, inputs: Inputs) -> Outcome:
    """Grow the forest on the training split alone and score it on all three splits.

    The base run must have been trained on this machine, unless the features are the backbone's.
    """
    trees = min(recipe.trees, run.context.tier.max_trees or recipe.trees)
    train, validation, test = (
        _features(run, recipe, inputs, part.samples)
        for part in (inputs.train, inputs.validation, inputs.test)
    )
    classes = run.context.dataset.num_classes
    started = time.perf_counter()
    forest = fit_forest(train, inputs.train.labels, trees=trees, seed=run.seed)
    seconds = time.perf_counter() - started
    return Outcome(
        # A forest's size in nodes is no count of parameters, and its work is no arithmetic.
        model=ModelPart(
            parameters=0, trainable_parameters=0, non_trainable_parameters=0, flops=None
        ),
        history=(),
        best_epoch=None,
        train=scores_of(forest_probabilities(forest, train, classes), inputs.train),
        validation=scores_of(forest_probabilities(forest, validation, classes), inputs.validation),
        test=test_predictions(forest_probabilities(forest, test, classes), inputs),
        training_seconds=seconds,
        images_per_second=len(train) / seconds,
    )


def fit_forest(
    features: NDArray[np.float32], labels: NDArray[np.uint8], *, trees: int, seed: int
) -> RandomForestClassifier:
    """Fit scikit-learn's forest on float32 (n, features) with all cores, else its defaults."""
    forest = RandomForestClassifier(n_estimators=trees, random_state=seed, n_jobs=-1)
    forest.fit(features, labels)
    return forest


def forest_probabilities(
    forest: RandomForestClassifier, features: NDArray[np.float32], num_classes: int
) -> NDArray[np.float32]:
    """Class probabilities, float32 (n, num_classes); 0 for a class that the forest never saw."""
    probabilities = np.zeros((len(features), num_classes), np.float32)
    probabilities[:, forest.classes_] = forest.predict_proba(features)
    return probabilities


def _features(
    run: Run, recipe: ForestRecipe, inputs: Inputs, samples: Samples
) -> NDArray[np.float32]:
    if recipe.features == "backbone":
        return samples.take(np.arange(len(samples))).reshape(len(samples), -1).astype(np.float32)
    from bench.estimators.network import load_layer
    from bench.training.loop import predict

    assert run.base is not None
    return predict(load_layer(run.base, inputs, recipe.features), samples)
