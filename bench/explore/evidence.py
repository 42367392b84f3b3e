"""What a classifier said of the test images: the best recorded runs, else a quick one of now."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.analysis.grouping import RowRuns, group
from bench.explore.embeddings import pooled
from bench.leaderboard.build import section_anchors
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
        href: where the report shows how well each class is recognised, as a page beside it links
            there; empty without such a report.
    """

    position: NDArray[np.int64]
    label: NDArray[np.int64]
    said: NDArray[np.int64]
    confidence: NDArray[np.float64]
    source: str
    records: tuple[str, ...] = ()
    href: str = ""

    @property
    def accuracy(self) -> float:
        """Fraction of the answers that are right."""
        return float((self.label == self.said).mean())


def gather_evidence(dataset: ImageDataset, store: RunStore | None = None) -> Evidence:
    """What there is on these very images: recorded predictions, else `quick_evidence`.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    found = best_row(dataset, store) if store else None
    if store is None or found is None:
        return quick_evidence(dataset)
    anchor, row = found
    return replace(recorded_evidence(store, row), href=report_address(store, anchor))


def best_row(dataset: ImageDataset, store: RunStore) -> tuple[str, RowRuns] | None:
    """The row with the highest mean test accuracy in the deepest tier, and its section's anchor.

    Only runs on the very same images in the same order count, and none on a random backbone.
    `None` where there is no such run.
    """
    sections = group(store.runs())
    rows = [
        (section.depth, row.mean_accuracy, row.identity, anchor, row)
        for anchor, section in zip(section_anchors(sections), sections, strict=True)
        if section.first.dataset.fingerprint == dataset.fingerprint and not section.random_backbone
        for row in section.rows
    ]
    return max(rows, key=lambda found: found[:3])[3:] if rows else None


def report_address(store: RunStore, anchor: str) -> str:
    """Where the store's report shows the classes of a section, seen from a page beside it.

    That is the map of all classes and approaches, or where a single approach was run, its own
    classes; empty where no report was written or it has no such part.
    """
    try:
        page = (store.root / "report" / "index.html").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    parts = [f"{anchor}-class-map", rf"{anchor}-[a-z0-9-]+-per-class"]
    found = next(filter(None, (re.search(f' id="({part})"', page) for part in parts)), None)
    return f"../report/index.html#{found[1]}" if found else ""


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
