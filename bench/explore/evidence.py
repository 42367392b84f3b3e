"""What a classifier said of the test images: the best recorded runs, else a quick one of now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.approaches.recipes import digest
from bench.explore.embeddings import pooled
from bench.explore.wording import enumerated
from bench.planning.tiers import TIERS
from bench.records.record import RunRecord
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
    """

    position: NDArray[np.int64]
    label: NDArray[np.int64]
    said: NDArray[np.int64]
    confidence: NDArray[np.float64]
    source: str

    @property
    def accuracy(self) -> float:
        """Share of the answers that are right."""
        return float((self.label == self.said).mean())

    def confusions(self, classes: int) -> NDArray[np.int64]:
        """How often each class (row) was predicted as each class (column): (classes, classes)."""
        table = np.zeros((classes, classes), np.int64)
        np.add.at(table, (self.label, self.said), 1)
        return table


def gather_evidence(dataset: ImageDataset, store: RunStore | None = None) -> Evidence:
    """What there is on these very images: recorded predictions, else `quick_evidence`.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    runs = best_runs(dataset, store) if store else ()
    return recorded_evidence(store, runs) if store and runs else quick_evidence(dataset)


def best_runs(dataset: ImageDataset, store: RunStore) -> tuple[tuple[Path, RunRecord], ...]:
    """The seeds of the approach with the highest mean test accuracy in the deepest tier.

    Only runs on the very same images in the same order count, and none on a random backbone. Of a
    seed that was run again, the later record counts. Empty where there is no such run.
    """
    groups: dict[tuple[str, ...], dict[int, tuple[Path, RunRecord]]] = defaultdict(dict)
    for folder, record in sorted(store.runs(), key=lambda run: (run[1].started, run[1].key)):
        random = record.weights is not None and record.weights.kind == "random"
        if record.dataset.fingerprint == dataset.fingerprint and not random:
            environment = record.environment
            row = record.approach, digest(record.recipe), environment.backend, environment.device
            groups[(record.tier.name, *row)][record.seed] = folder, record
    if not groups:
        return ()
    depth = {tier.name: number for number, tier in enumerate(TIERS)}

    def merit(key: tuple[str, ...]) -> tuple[int, float, tuple[str, ...]]:
        accuracies = [record.test.accuracy for _, record in groups[key].values()]
        return depth.get(key[0], -1), float(np.mean(accuracies)), key

    best = groups[max(groups, key=merit)]
    return tuple(best[seed] for seed in sorted(best))


def recorded_evidence(store: RunStore, runs: tuple[tuple[Path, RunRecord], ...]) -> Evidence:
    """The stored predictions of runs of one approach.

    Raises:
        BenchError: predictions are missing or damaged.
    """
    predictions = [store.predictions(folder) for folder, _ in runs]
    first = runs[0][1]
    folders = enumerated([folder.name for folder, _ in runs])
    return Evidence(
        position=np.concatenate([p.index for p in predictions]).astype(np.int64),
        label=np.concatenate([p.label for p in predictions]).astype(np.int64),
        said=np.concatenate([p.top_class[:, 0] for p in predictions]).astype(np.int64),
        confidence=np.concatenate([p.top_probability[:, 0] for p in predictions]).astype(float),
        source=f"the recorded runs of {first.approach}, {first.tier.name} tier ({folders})",
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
