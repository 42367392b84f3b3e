"""Wrong predictions image by image, ordered and picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.analysis.tally import WrongAnswers
from datasets.taxonomy import Taxonomy


@dataclass(frozen=True)
class Mistake:
    """An image and the wrong class that most seeds name.

    Attributes:
        index: position in the data set's test split.
        label: the right class.
        named: the wrong one.
        votes: how many seeds name it.
        confidence: its probability, the mean over those seeds.
        close: whether both classes belong to one superclass.
    """

    index: int
    label: int
    named: int
    votes: int
    confidence: float
    close: bool


def mistakes(wrong: WrongAnswers, taxonomy: Taxonomy) -> tuple[Mistake, ...]:
    """Every image that some seed gets wrong; first what most seeds name, then what is surest.

    Args:
        wrong: of each image the wrong class that most seeds name.
        taxonomy: what makes a mistake close.
    """
    found = np.flatnonzero(wrong.votes)
    order = found[np.lexsort((wrong.index[found], -wrong.confidence[found], -wrong.votes[found]))]
    return tuple(
        Mistake(
            index=int(wrong.index[k]),
            label=int(wrong.label[k]),
            named=int(wrong.named[k]),
            votes=int(wrong.votes[k]),
            confidence=float(wrong.confidence[k]),
            close=taxonomy.same_superclass(int(wrong.label[k]), int(wrong.named[k])),
        )
        for k in order
    )


def one_of_each(found: Sequence[Mistake], close: bool, number: int) -> tuple[Mistake, ...]:
    """The first of one kind, one for each pair of classes: else all might be maples and oaks."""
    chosen: dict[tuple[int, int], Mistake] = {}
    for mistake in found:
        if mistake.close == close and len(chosen) < number:
            chosen.setdefault((mistake.label, mistake.named), mistake)
    return tuple(chosen.values())
