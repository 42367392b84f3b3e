"""What a classifier said of the test images: the best recorded runs, else a quick one of now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.analysis.grouping import RowRuns, group
from bench.explore.embeddings import pooled
from bench.pages.words import ranges
from bench.records.store import RunStore
from datasets import ImageDataset

_POOL = 4


@dataclass(frozen=True, eq=False)
class Evidence:
    """Answers to test images; several seeds of one approach are put one after another.

    Attributes:
        position: int64 (n,), of the image in the test split.
        label: int64 (n,), the right class.
        said: int64 (n,), the class that was found most probable.
        confidence: float64 (n,), its probability.
        source: which runs or which classifier, for captions.
        records: names of the runs' folders; empty for a classifier.
    """

    position: NDArray[np.int64]
    label: NDArray[np.int64]
    said: NDArray[np.int64]
    confidence: NDArray[np.float64]
    source: str
    records: tuple[str, ...] = ()

    @property
    def accuracy(self) -> float:
        """Fraction of the answers that are right."""
        return float((self.label == self.said).mean())


def gather_evidence(dataset: ImageDataset, store: RunStore | None = None) -> Evidence:
    """What there is on these very images: recorded predictions, else `quick_evidence`.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    row = best_row(dataset, store) if store else None
    return recorded_evidence(store, row) if store and row else quick_evidence(dataset)


def best_row(dataset: ImageDataset, store: RunStore) -> RowRuns | None:
    """The row with the highest mean test accuracy in the deepest tier.

    Only runs on the very same images in the same order count, and none on a random backbone.
    `None` where there is no such run.
    """
    sections = [
        section
        for section in group(store.runs())
        if section.first.dataset.fingerprint == dataset.fingerprint and not section.random_backbone
    ]
    rows = [(section.depth, row) for section in sections for row in section.rows]
    if not rows:
        return None
    return max(rows, key=lambda found: (found[0], found[1].mean_accuracy, found[1].identity))[1]


def recorded_evidence(store: RunStore, row: RowRuns) -> Evidence:
    """The stored predictions of the runs of a row.

    Raises:
        BenchError: predictions are missing or damaged.
    """
    predictions = [store.predictions(folder) for folder in row.folders]
    first = row.first
    noun = "seed" if len(row.seeds) == 1 else "seeds"
    return Evidence(
        position=np.concatenate([p.index for p in predictions]).astype(np.int64),
        label=np.concatenate([p.label for p in predictions]).astype(np.int64),
        said=np.concatenate([p.top_class[:, 0] for p in predictions]).astype(np.int64),
        confidence=np.concatenate([p.top_probability[:, 0] for p in predictions]).astype(float),
        source=f"the recorded runs of {first.approach}, {first.tier.name} tier "
        f"({noun} {ranges(row.seeds)})",
        records=tuple(folder.name for folder in row.folders),
    )


def quick_evidence(dataset: ImageDataset) -> Evidence:
    """A linear discriminant analysis of small images, fitted to all training images now."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    # Shrinkage keeps the covariance sound with fewer images than pixels.
    classifier = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1)
    classifier.fit(pooled(dataset.train.images, _POOL), dataset.train.fine)
    probabilities = classifier.predict_proba(pooled(dataset.test.images, _POOL))
    said = classifier.classes_[probabilities.argmax(axis=1)].astype(np.int64)
    label = dataset.test.fine.astype(np.int64)
    return Evidence(
        position=np.arange(len(label)),
        label=label,
        said=said,
        confidence=probabilities.max(axis=1).astype(float),
        source=(
            "a linear discriminant analysis of pixels averaged to 8 × 8, fitted to the training "
            "images now, as no run on these images is recorded"
        ),
    )
