"""What is misclassified as what: counts over classes, over superclasses, and pair by pair.

A matrix of counts is int64 (classes, classes): images of the row's class that were predicted as
the column's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.taxonomy import Taxonomy


@dataclass(frozen=True)
class ConfusedPair:
    """Two classes that are misclassified as each other.

    Attributes:
        one: label of a class.
        other: label of another, larger one.
        forth: images of `one` that were misclassified as `other`, over all seeds.
        back: images of `other` that were misclassified as `one`.
        rank: 1 + how many pairs are confused more often.
    """

    one: int
    other: int
    forth: int
    back: int
    rank: int

    @property
    def total(self) -> int:
        """How often either was misclassified as the other."""
        return self.forth + self.back


@dataclass(frozen=True)
class ConfusedPairs:
    """Every pair of classes that was ever confused, the most confused first.

    They are as many as half the square of the classes, of which a page shows a few, so each is
    made when it is asked for.

    Attributes:
        matrix: counts, int64 (classes, classes).
        one: label of the smaller class of each pair, int64 (pairs,).
        other: of the larger, likewise.
        ranks: see `ConfusedPair`, likewise.
    """

    matrix: NDArray[np.int64]
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    ranks: NDArray[np.int64]

    def most(self, count: int) -> tuple[ConfusedPair, ...]:
        """The `count` most confused, or fewer where there are not so many."""
        return tuple(self._at(place) for place in range(min(count, len(self.one))))

    def find(self, one: int, other: int) -> ConfusedPair | None:
        """The pair of these classes, the smaller label first; `None` if never confused."""
        places = np.flatnonzero((self.one == one) & (self.other == other))
        return self._at(int(places[0])) if len(places) else None

    def _at(self, place: int) -> ConfusedPair:
        one, other = int(self.one[place]), int(self.other[place])
        forth, back = int(self.matrix[one, other]), int(self.matrix[other, one])
        return ConfusedPair(one, other, forth, back, rank=int(self.ranks[place]))


def counts(
    label: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    """The matrix of counts of some predictions.

    Args:
        label: int (n,), the right classes.
        predicted: int (n,), the predicted ones.
        classes: how many there are.
    """
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (label, predicted), 1)
    return matrix


def confused_pairs(matrix: NDArray[np.int64]) -> ConfusedPairs:
    """The pairs of a matrix of counts; of equally confused ones the smaller labels first."""
    either = matrix + matrix.T
    one, other = np.nonzero(np.triu(either, k=1))
    totals = either[one, other]
    order = np.lexsort((other, one, -totals))
    descending = totals[order]
    ranks = 1 + np.searchsorted(-descending, -descending, side="left")
    return ConfusedPairs(matrix, one[order], other[order], ranks)


def class_accuracy(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Fraction of each class's predictions that are right, (classes,); NaN without an image."""
    total = matrix.sum(axis=1)
    right = np.diag(matrix)
    return np.divide(right, total, out=np.full(len(total), np.nan), where=total > 0)


def superclass_counts(matrix: NDArray[np.int64], taxonomy: Taxonomy) -> NDArray[np.int64]:
    """The same counts over superclasses, int64 (superclasses, superclasses)."""
    coarse = np.array(taxonomy.fine_to_coarse)
    total = np.zeros((len(taxonomy.coarse_names),) * 2, np.int64)
    np.add.at(total, (coarse[:, None], coarse[None, :]), matrix)
    return total


def percentages(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each row as per cent of its images; a row without images is zero."""
    return 100 * matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True))


def wrong_within_superclass(matrix: NDArray[np.int64], taxonomy: Taxonomy) -> tuple[int, int]:
    """Wrong predictions that name a class of the right superclass, and all wrong ones."""
    wrong = int(matrix.sum() - matrix.trace())
    return int(superclass_counts(matrix, taxonomy).trace() - matrix.trace()), wrong
