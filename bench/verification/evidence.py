"""What is read of one run before anything is judged; a file that cannot be read is a problem."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.records.predictions import Predictions
from bench.records.record import RunRecord
from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.system.files import sha256_of
from bench.verification.problem import Finding, Problem


@dataclass(frozen=True)
class Evidence:
    """The files of one run, as they lie there.

    Attributes:
        folder: of the run.
        record: as it was read.
        predictions: as they were read; `None` where they cannot be.
        record_sha256: of record.json.
        predictions_sha256: of predictions.npz; empty where there is none.
    """

    folder: Path
    record: RunRecord
    predictions: Predictions | None
    record_sha256: str
    predictions_sha256: str

    @property
    def path(self) -> Path:
        """Of the record."""
        return self.folder / RECORD


@dataclass(frozen=True)
class Trace:
    """What is kept of a run for the comparison with the others: a few kB, however many images.

    Attributes:
        folder: of the run.
        record: as it was read.
        record_sha256: of record.json.
        predictions_sha256: of predictions.npz; empty where there is none.
        labels: int32 (n, 2), index and label of each image, by index; `None` without predictions.
    """

    folder: Path
    record: RunRecord
    record_sha256: str
    predictions_sha256: str
    labels: bytes | None

    @property
    def path(self) -> Path:
        """Of the record."""
        return self.folder / RECORD


def read_evidence(store: RunStore, folder: Path) -> tuple[Evidence | None, list[Problem]]:
    """The files of a run, and what cannot be read of them."""
    path = folder / PREDICTIONS
    try:
        record = store.read(folder)
        record_digest = sha256_of(folder / RECORD)
    except (OSError, BenchError) as error:
        return None, [Finding("record", "a valid record", error).at(folder / RECORD)]
    if record is None:
        return None, []
    problems, predictions, digest = list[Problem](), None, ""
    try:
        digest = sha256_of(path)
        predictions = store.predictions(folder)
        if fault := shape_fault(predictions):
            predictions = None
            problems.append(Finding("predictions", "arrays of equal length", fault).at(path))
    except (OSError, BenchError, ValueError, MemoryError) as error:
        problems.append(Finding("predictions", "readable predictions", error).at(path))
    return Evidence(folder, record, predictions, record_digest, digest), problems


def shape_fault(predictions: Predictions) -> str:
    """Why arrays are no predictions; empty where they are."""
    n = predictions.label.size
    wanted = {"index": 1, "label": 1, "label_log_probability": 1}
    wanted |= {"top_class": 2, "top_probability": 2}
    for name, dimensions in wanted.items():
        array: NDArray[np.generic] = getattr(predictions, name)
        kinds = "f" if "probability" in name else "iu"
        if array.ndim != dimensions or len(array) != n or array.dtype.kind not in kinds:
            return f"{name} of shape {array.shape} and type {array.dtype}"
    if not n or not predictions.top_class.shape[1]:
        return "no images"
    if predictions.top_class.shape != predictions.top_probability.shape:
        return "more likely classes than probabilities of them"
    return ""


def trace(evidence: Evidence) -> Trace:
    """What the comparison with other runs takes."""
    found = evidence.predictions
    labels = None
    if found is not None:
        pairs = np.stack([found.index, found.label], axis=1).astype(np.int32)
        labels = pairs[np.lexsort(pairs.T[::-1])].tobytes()
    return Trace(
        evidence.folder,
        evidence.record,
        evidence.record_sha256,
        evidence.predictions_sha256,
        labels,
    )
