"""One pass over the predictions of a row: all that the page draws from them, in little memory.

A row may have any number of seeds; their predictions are never in memory together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.records.metrics import CALIBRATION_BINS, confidence_bin
from bench.records.predictions import Hits, Predictions


@dataclass(frozen=True)
class WrongAnswers:
    """Of each test image the wrong class that most seeds name, the surest one if several are.

    Attributes:
        index: int32 (n,), position in the data set's test split.
        label: uint8 (n,), the right class.
        named: int64 (n,), the wrong class.
        votes: int64 (n,), how many seeds name it; 0 for an image that no seed gets wrong.
        confidence: float64 (n,), its probability, the mean over those seeds.
    """

    index: NDArray[np.int32]
    label: NDArray[np.uint8]
    named: NDArray[np.int64]
    votes: NDArray[np.int64]
    confidence: NDArray[np.float64]


@dataclass(frozen=True)
class Tally:
    """What the predictions of a row say together.

    Attributes:
        matrix: int64 (classes, classes), images of the row's class named as the column's.
        bins: float64 (seeds, 3, calibration bins): of each bin of confidence its images, the sum
            of their confidences, and how many are right.
        wrong: over all seeds; of the first alone where the seeds saw different images.
        same_images: whether all seeds were scored on the same images in the same order.
        hits: what each seed got right, one per seed.
    """

    matrix: NDArray[np.int64]
    bins: NDArray[np.float64]
    wrong: WrongAnswers
    same_images: bool
    hits: tuple[Hits, ...]


def tally(predictions: Iterable[Predictions], classes: int) -> Tally:
    """Go once through the predictions of each seed, of which there is at least one."""
    matrix = np.zeros((classes, classes), np.int64)
    bins: list[NDArray[np.float64]] = []
    hits: list[Hits] = []
    same = True
    for seed in predictions:
        if not hits:
            first, votes = seed, _Votes(seed, classes)
        # In place, by one position a cell: a matrix a seed would cost more than what is counted.
        cell = seed.label.astype(np.int64) * classes + seed.top_class[:, 0]
        np.add.at(matrix.reshape(-1), cell, 1)
        found = seed.hits
        bins.append(_bins(seed, found.credit))
        if np.array_equal(found.index, first.index):
            # One array for all seeds: the positions take more room than the hits.
            hits.append(Hits(first.index, found.credit))
            votes.add(seed, seed.correct)
        else:
            hits.append(found)
            same = False
    if not same:
        votes = _Votes(first, classes)
        votes.add(first, first.correct)
    return Tally(matrix, np.stack(bins), votes.wrong(), same, tuple(hits))


def _bins(predictions: Predictions, credit: NDArray[np.float64]) -> NDArray[np.float64]:
    confidence = predictions.top_probability[:, 0]
    which = confidence_bin(confidence)
    weights = (None, confidence, credit)
    return np.stack([np.bincount(which, weights=w, minlength=CALIBRATION_BINS) for w in weights])


class _Votes:
    """How many seeds name each class for each image, and how sure they are together."""

    def __init__(self, first: Predictions, classes: int) -> None:
        self._first = first
        self._shape = len(first.label), classes
        self._votes = np.zeros(len(first.label) * classes, np.int32)
        self._sure = np.zeros(len(first.label) * classes)

    def add(self, seed: Predictions, correct: NDArray[np.bool_]) -> None:
        wrong = np.flatnonzero(~correct)
        cell = wrong * self._shape[1] + seed.top_class[wrong, 0]
        self._votes[cell] += 1
        self._sure[cell] += seed.top_probability[wrong, 0]

    def wrong(self) -> WrongAnswers:
        mean = self._sure / np.maximum(1, self._votes)
        # A probability is at most 1, so half of it decides only among equally many votes.
        strength = (self._votes + mean / 2).reshape(self._shape)
        named = strength.argmax(axis=1)
        cell = np.arange(self._shape[0]) * self._shape[1] + named
        return WrongAnswers(
            index=self._first.index,
            label=self._first.label,
            named=named,
            votes=self._votes[cell].astype(np.int64),
            confidence=mean[cell],
        )
