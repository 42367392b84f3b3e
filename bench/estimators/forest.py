"""Random forests on a network's features."""

from __future__ import annotations

import time
import warnings
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from bench.approaches.recipes import ForestRecipe
from bench.estimators.protocol import Outcome, Task, scores_of, test_predictions
from bench.inputs.samples import Samples
from bench.records.predictions import Predictions
from bench.records.record import ModelPart


class ForestEstimator:
    """Fits scikit-learn's forest on the training split alone and scores it on all three."""

    def fit(self, task: Task) -> Outcome:
        """Fit a forest; its network must have been trained, unless it reads the backbone."""
        recipe, inputs = cast(ForestRecipe, task.run.recipe), task.inputs
        trees = min(recipe.trees, task.run.tier.max_trees or recipe.trees)
        train, validation, test = (
            _features(task, recipe, split.samples)
            for split in (inputs.train, inputs.validation, inputs.test)
        )
        classes = inputs.num_classes
        started = time.perf_counter()
        forest = fit_forest(train, inputs.train.labels, trees=trees, seed=task.run.seed)
        seconds = time.perf_counter() - started
        votes = partial(forest_probabilities, forest, num_classes=classes)
        keep = Predictions.from_probabilities
        return Outcome(
            # A forest's size in nodes is no count of parameters, and its work is no arithmetic.
            model=ModelPart(
                parameters=None,
                trainable_parameters=None,
                non_trainable_parameters=None,
                flops=None,
            ),
            history=(),
            best_epoch=None,
            train=scores_of(votes(train), inputs.train, keep),
            validation=scores_of(votes(validation), inputs.validation, keep),
            test=test_predictions(votes(test), inputs, keep),
            training_seconds=seconds,
            images_per_second=len(train) / seconds,
        )


def fit_forest(
    features: NDArray[np.float32], labels: NDArray[np.uint8], *, trees: int, seed: int
) -> RandomForestClassifier:
    """Fit scikit-learn's forest on float32 (n, features) with all cores, else its defaults."""
    forest = RandomForestClassifier(n_estimators=trees, random_state=seed, n_jobs=-1)
    with warnings.catch_warnings():
        # Labels are classes here; with few images of each, scikit-learn asks so once a tree.
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%")
        forest.fit(features, labels)
    return forest


def forest_probabilities(
    forest: RandomForestClassifier, features: NDArray[np.float32], num_classes: int
) -> NDArray[np.float32]:
    """Class probabilities, float32 (n, num_classes); 0 for a class that the forest never saw."""
    probabilities = np.zeros((len(features), num_classes), np.float32)
    probabilities[:, forest.classes_] = forest.predict_proba(features)
    return probabilities


def _features(task: Task, recipe: ForestRecipe, samples: Samples) -> NDArray[np.float32]:
    if not recipe.needs_trained_base:
        return samples.take(np.arange(len(samples))).reshape(len(samples), -1).astype(np.float32)
    from bench.estimators.network import load_layer
    from bench.training.loop import predict

    base, folder = task.run.base, task.base_folder
    assert base is not None
    assert folder is not None
    return predict(load_layer(base, task.inputs, folder, recipe.features), samples)
