"""Nearest neighbours, fitted on the training split and scored on all three."""

from __future__ import annotations

import time
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from bench.estimators.protocol import Outcome, Task, scores_of, test_predictions
from bench.inputs.samples import Samples
from bench.records.predictions import Predictions
from bench.records.record import ModelPart
from bench_neighbours.recipe import NeighboursRecipe

# What has no parameters says so; a count of 0 would be another thing.
NO_PARAMETERS = ModelPart(
    parameters=None, trainable_parameters=None, non_trainable_parameters=None, flops=None
)


class NeighboursEstimator:
    """The nearest training images vote on the class."""

    def fit(self, task: Task) -> Outcome:
        """Fit on the training split alone; the other two are only scored."""
        recipe, inputs = cast(NeighboursRecipe, task.run.recipe), task.inputs
        train = _flat(inputs.train.samples)
        started = time.perf_counter()
        voters = KNeighborsClassifier(min(recipe.neighbours, len(train)), metric=recipe.metric)
        voters.fit(train, inputs.train.labels)
        seconds = time.perf_counter() - started

        def votes(samples: Samples) -> NDArray[np.float32]:
            found = np.zeros((len(samples), inputs.num_classes), np.float32)
            found[:, voters.classes_] = voters.predict_proba(_flat(samples))
            return found

        keep = Predictions.from_probabilities
        return Outcome(
            model=NO_PARAMETERS,
            history=(),
            best_epoch=None,
            train=scores_of(votes(inputs.train.samples), inputs.train, keep),
            validation=scores_of(votes(inputs.validation.samples), inputs.validation, keep),
            test=test_predictions(votes(inputs.test.samples), inputs, keep),
            training_seconds=seconds,
            images_per_second=len(train) / seconds,
        )


def _flat(samples: Samples) -> NDArray[np.float32]:
    taken = samples.take(np.arange(len(samples)))
    return taken.reshape(len(samples), -1).astype(np.float32)
