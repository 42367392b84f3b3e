"""What a training or a forest's growth leaves behind, before it becomes a record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.inputs.splits import Inputs
from bench.records.metrics import Scores, score
from bench.records.predictions import Predictions
from bench.records.record import EpochPart, ModelPart
from bench.training.epochs import Labelled


@dataclass(frozen=True)
class Outcome:
    """The measured side of a run; `bench.records.record.RunRecord` says what each part means."""

    model: ModelPart
    history: tuple[EpochPart, ...]
    best_epoch: int | None
    train: Scores
    validation: Scores
    test: Predictions
    training_seconds: float
    images_per_second: float


def scores_of(probabilities: NDArray[np.float32], part: Labelled) -> Scores:
    """Scores of class probabilities (n, classes) on a part whose predictions are not kept."""
    return score(Predictions.from_probabilities(probabilities, part.labels, np.arange(len(part))))


def test_predictions(probabilities: NDArray[np.float32], inputs: Inputs) -> Predictions:
    """The predictions that are kept."""
    return Predictions.from_probabilities(probabilities, inputs.test.labels, inputs.test_index)
