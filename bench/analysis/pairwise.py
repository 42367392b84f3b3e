"""Who is better than whom, and is it more than chance? Every pair of rows of one section."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.analysis.grouping import RowRuns
from bench.analysis.statistics import LEVEL, holm, paired_test
from bench.records.predictions import Hits

# Reads what the runs in some folders got right, in their order.
LoadHits = Callable[[Iterable[Path]], Iterable[Hits]]


@dataclass(frozen=True)
class Pair:
    """Two rows on the same images.

    Attributes:
        one: number of the first.
        other: number of the second, larger.
        difference: accuracy of `one` minus that of `other`, a fraction.
        p: of the paired test; `None` where the two did not see the same images.
        corrected: the same after Holm's correction over all pairs.
    """

    one: int
    other: int
    difference: float
    p: float | None
    corrected: float | None

    @property
    def significant(self) -> bool:
        """Whether the difference is more than chance, at the level of all pairs together."""
        return self.corrected is not None and self.corrected < 1 - LEVEL


def compared(
    accuracies: Sequence[float], p_values: Mapping[tuple[int, int], float]
) -> tuple[Pair, ...]:
    """Every pair of rows.

    Args:
        accuracies: of each row, fractions.
        p_values: uncorrected, of pairs i < j; one that is absent was not tested.
    """
    pairs = list(combinations(range(len(accuracies)), 2))
    tested = [pair for pair in pairs if pair in p_values]
    corrected = dict(zip(tested, holm([p_values[pair] for pair in tested]), strict=True))
    return tuple(
        Pair(
            one=i,
            other=j,
            difference=accuracies[i] - accuracies[j],
            p=p_values.get((i, j)),
            corrected=corrected.get((i, j)),
        )
        for i, j in pairs
    )


def paired_p_values(rows: Sequence[RowRuns], load: LoadHits) -> dict[tuple[int, int], float]:
    """Uncorrected p-values of `paired_test` for each pair i < j of rows of one section.

    A pair that was not scored on the same images in the same order is left out. Nothing is
    loaded for a single row; else each run once.
    """
    if len(rows) == 1:
        return {}
    scored = [_correct(row, load) for row in rows]
    p_values = {}
    for i, j in combinations(range(len(rows)), 2):
        one, other = scored[i], scored[j]
        if one is not None and other is not None and np.array_equal(one[0], other[0]):
            p_values[i, j] = paired_test(one[1], other[1])
    return p_values


def reordered(
    p_values: Mapping[tuple[int, int], float], order: Sequence[int]
) -> dict[tuple[int, int], float]:
    """The same p-values for the same rows in another order.

    Args:
        p_values: of pairs i < j.
        order: for each new place, the number of the row that stands there.
    """
    return {
        (i, j): p_values[pair]
        for i, j in combinations(range(len(order)), 2)
        if (pair := (min(order[i], order[j]), max(order[i], order[j]))) in p_values
    }


def _correct(row: RowRuns, load: LoadHits) -> tuple[NDArray[np.int32], NDArray[np.float64]] | None:
    """Image positions (n,) and hits (seeds, n); `None` where the seeds' images differ."""
    index, correct = None, []
    for hits in load(row.folders):
        index = hits.index if index is None else index
        if not np.array_equal(hits.index, index):
            return None
        correct.append(hits.credit)
    return (index, np.stack(correct)) if index is not None else None
