"""What can be fitted: the task that an estimator gets, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.inputs.samples import Labelled
from bench.inputs.splits import Inputs
from bench.planning.run_spec import RunSpec
from bench.records.metrics import Scores, score
from bench.records.predictions import Predictions
from bench.records.record import EpochPart, ModelPart, Reading
from models.vgg19_weights import BackboneWeights

# `Predictions.from_logits` of a network, `Predictions.from_probabilities` of a forest.
Keep = Callable[[NDArray[np.float32], NDArray[np.uint8], NDArray[np.int64]], Predictions]


@dataclass(frozen=True)
class Task:
    """One run for an estimator.

    Attributes:
        run: what is done.
        inputs: the data; the test split is for scoring alone.
        folder: where weights and checkpoints of this run are kept; exists.
        base_folder: where the trained weights of `run.base` are; `None` without a base.
        weights: of the pretrained backbone; `None` without one.
        on_epoch: told each finished epoch, counted from 1.
        on_continue: told the epochs that were done before a stop.
    """

    run: RunSpec
    inputs: Inputs
    folder: Path
    base_folder: Path | None = None
    weights: BackboneWeights | None = None
    on_epoch: Callable[[int, EpochPart], None] = field(default=lambda epoch, result: None)
    on_continue: Callable[[tuple[EpochPart, ...]], None] = field(default=lambda history: None)


@dataclass(frozen=True)
class Outcome:
    """The measured side of a run; `bench.records.record.RunRecord` says what each part means.

    Attributes:
        readings: of a training with several sets of weights that could be reported, all of them.
        others: test predictions of those readings that `test` is not of.
        diverged: the epoch, from 1, in which a training diverged that keeps its best epoch.
    """

    model: ModelPart
    history: tuple[EpochPart, ...]
    best_epoch: int | None
    train: Scores
    validation: Scores
    test: Predictions
    training_seconds: float
    images_per_second: float
    readings: Mapping[str, Reading] = field(default_factory=dict)
    others: Mapping[str, Predictions] = field(default_factory=dict)
    diverged: int | None = None


class Estimator(Protocol):
    """Something that is fitted to training images and then predicts classes."""

    def fit(self, task: Task) -> Outcome:
        """Fit on the training split alone, choose by the validation split, score on all three.

        A run that was stopped may go on from what it left in `task.folder`.
        """


def scores_of(output: NDArray[np.float32], labelled: Labelled, keep: Keep) -> Scores:
    """Scores of a model's output (n, classes) on a split whose predictions are not kept."""
    return score(keep(output, labelled.labels, np.arange(len(labelled))))


def test_predictions(output: NDArray[np.float32], inputs: Inputs, keep: Keep) -> Predictions:
    """The predictions that are kept."""
    return keep(output, inputs.test.labels, inputs.test_index)
