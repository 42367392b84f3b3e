"""Readings of a training beside the one that the record's own scores are of."""

from __future__ import annotations

import numpy as np

from bench.errors import BenchError
from bench.records.metrics import score
from bench.records.predictions import Predictions
from bench.records.store import other_predictions
from bench.system.files import sha256_of
from bench.verification.evidence import Evidence
from bench.verification.prediction_checks import check_predictions, unequal_scores
from bench.verification.problem import Finding, Problem, at, unequal


def check_readings(evidence: Evidence) -> list[Problem]:
    """What of a record's readings does not follow from the predictions that are stored for them."""
    record, problems = evidence.record, list[Problem]()
    own = record.best_epoch or len(record.history) or None
    for name, reading in record.readings.items():
        where = f"readings.{name}"
        if not reading.predictions_sha256:
            # It is the record's own: the same weights, the same scores.
            problems += at(evidence.path, unequal(f"{where}.epoch", own, reading.epoch))
            for split in ("train", "validation", "test"):
                pair = getattr(record, split), getattr(reading, split)
                problems += at(evidence.path, unequal(f"{where}.{split}", *pair))
            continue
        path = evidence.folder / other_predictions(name)
        try:
            digest, predictions = sha256_of(path), Predictions.load(path)
        except (OSError, BenchError) as error:
            problems.append(Finding("predictions", "readable predictions", error).at(path))
            continue
        problems += at(path, unequal("SHA-256", reading.predictions_sha256, digest))
        problems += at(path, check_predictions(predictions))
        derived = score(predictions)
        problems += at(evidence.path, unequal_scores(f"{where}.test", derived, reading.test))
        same = evidence.predictions
        if same is not None and not (
            np.array_equal(same.index, predictions.index)
            and np.array_equal(same.label, predictions.label)
        ):
            wanted = "those of predictions.npz"
            problems.append(Finding("index and label", wanted, "others").at(path))
    return problems
