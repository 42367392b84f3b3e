"""What is misclassified as what: over the classes, over the superclasses, and pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from bench.analysis.confusion import (
    ConfusedPairs,
    confused_pairs,
    percentages,
    superclass_counts,
    wrong_within_superclass,
)
from bench.pages.figures import INK, Cells, Figure
from bench.pages.sections import Cell, Table
from bench.pages.words import readable
from bench.report.groups import Group
from datasets.taxonomy import Taxonomy

COLOURS = "viridis"
# Off the diagonal a percentage is small: on a straight scale all of it would look like zero.
_GAMMA = 0.5
# On a cell's own colour, not on the page: so neither may be one of the page's variables.
_DARK, _LIGHT = "#000001", "#fffffe"
_MOST = 15
_WRITTEN = 2
_OF_BOTH = "of both classes' images"
# The mistakes that the source report names (section 2b, 'Some of the predictions were close').
REPORTED_PAIRS = (("boy", "man"), ("rabbit", "squirrel"))
REPORTED_SUPERCLASS = "trees"
NAMED = (
    "Of its basic CNN's wrong predictions the source report calls some close, where even people "
    "may err: trees for each other, boy and man, squirrel and rabbit. Here is whether each "
    "approach makes them."
)


def figures(group: Group) -> tuple[Figure, ...]:
    """The matrix over superclasses, then over classes ordered by superclass."""
    matrix = group.tally.matrix
    superclasses = len(group.taxonomy.coarse_names)
    if superclasses == len(group.taxonomy.fine_names):
        return (_classes(group, matrix),)
    return _superclasses(group, superclass_counts(matrix, group.taxonomy)), _classes(group, matrix)


def tables(group: Group) -> tuple[Table, ...]:
    """The most confused pairs, and what became of those that the source report names."""
    matrix = group.tally.matrix
    found = confused_pairs(matrix)
    reported = _reported(group, found)
    return (_most_confused(group, matrix, found), *([reported] if reported else []))


def _most_confused(group: Group, matrix: NDArray[np.int64], found: ConfusedPairs) -> Table:
    taxonomy, images = group.taxonomy, matrix.sum(axis=1)
    rows = []
    for pair in found.most(_MOST):
        one, other = (readable(taxonomy.fine_names[label]) for label in (pair.one, pair.other))
        percent = 100 * pair.total / max(1, int(images[pair.one] + images[pair.other]))
        close = "yes" if taxonomy.same_superclass(pair.one, pair.other) else "no"
        rows.append(
            (
                Cell(f"{one} – {other}", f"{one} {other}"),
                Cell(f"{pair.total:,}", pair.total),
                Cell(f"{percent:.1f} %", percent),
                Cell(f"{pair.forth:,}", pair.forth),
                Cell(f"{pair.back:,}", pair.back),
                close,
            )
        )
    inside, wrong = wrong_within_superclass(matrix, taxonomy)
    share_inside = f"{100 * inside / wrong:.0f} %" if wrong else "none"
    return Table(
        caption=f"Most confused pairs: how often either class was named instead of the other, "
        f"summed over seeds. Of all {wrong:,} wrong predictions, {share_inside} stay within the "
        f"right superclass. {group.provenance}",
        columns=(
            *("pair", "either way", _OF_BOTH),
            *("first as second", "second as first", "same superclass"),
        ),
        rows=tuple(rows),
        numeric=("either way", _OF_BOTH, "first as second", "second as first"),
        sortable=True,
    )


def reported_pairs(taxonomy: Taxonomy) -> tuple[tuple[int, int], ...]:
    """Labels of the pairs that the source report names; none for other images than its own."""
    label = {name: number for number, name in enumerate(taxonomy.fine_names)}
    named = [tuple(sorted(pair)) for pair in REPORTED_PAIRS]
    if REPORTED_SUPERCLASS in taxonomy.coarse_names:
        coarse = taxonomy.coarse_names.index(REPORTED_SUPERCLASS)
        members = [
            n
            for n, c in zip(taxonomy.fine_names, taxonomy.fine_to_coarse, strict=True)
            if c == coarse
        ]
        named += list(combinations(members, 2))
    return tuple((label[one], label[other]) for one, other in named if {one, other} <= set(label))


@dataclass(frozen=True)
class Answer:
    """Whether an approach makes a mistake that the source report names.

    Attributes:
        what: the classes, in words.
        found: whether it is, or some of its pairs are, among the 1 % most confused pairs.
        detail: the rank, or how many of the pairs are found.
    """

    what: str
    found: bool
    detail: str


def answers(group: Group) -> tuple[Answer, ...]:
    """One for each pair that the source report names, and one for the trees together."""
    taxonomy, limit = group.taxonomy, _possible(group) // 100
    confused = confused_pairs(group.tally.matrix)
    named = {
        labels: pair.rank if (pair := confused.find(*labels)) else None
        for labels in reported_pairs(taxonomy)
    }
    found = []
    for one, other in (pair for pair in named if not _in_named_superclass(taxonomy, pair[0])):
        what = f"{readable(taxonomy.fine_names[one])} and {readable(taxonomy.fine_names[other])}"
        place = named[one, other]
        detail = "never confused" if place is None else f"rank {place:,}"
        found.append(Answer(what, place is not None and place <= limit, detail))
    family = [place for pair, place in named.items() if _in_named_superclass(taxonomy, pair[0])]
    if family:
        inside = sum(place is not None and place <= limit for place in family)
        found.append(Answer(REPORTED_SUPERCLASS, inside > 0, f"{inside} of {len(family)} pairs"))
    return tuple(found)


def finding(group: Group) -> str | None:
    """Whether the mistakes that the source report names are among the most confused pairs."""
    found = answers(group)
    if not found:
        return None
    said = "; ".join(f"{a.what}: {'yes' if a.found else 'no'} ({a.detail})" for a in found)
    return (
        "Does it make the close mistakes that the source report names, that is, are they among "
        f"the {_possible(group) // 100} most confused of {_possible(group):,} pairs? "
        f"{said[0].upper()}{said[1:]}."
    )


def answers_table(groups: Sequence[Group], provenance: str) -> Table | None:
    """The answers of all approaches; `None` for other images than the source report's."""
    found = [answers(group) for group in groups]
    if not groups or not found[0]:
        return None
    limit, possible = _possible(groups[0]) // 100, _possible(groups[0])
    return Table(
        caption=f"Yes: among the {limit} most confused of {possible:,} pairs; rank 1 is the most "
        f"confused one. {provenance}",
        columns=("approach", *(answer.what for answer in found[0])),
        rows=tuple(
            (
                Cell(group.title, group.title, href=f"#{group.anchor}-confused"),
                *(f"{'yes' if a.found else 'no'}, {a.detail}" for a in said),
            )
            for group, said in zip(groups, found, strict=True)
        ),
    )


def _possible(group: Group) -> int:
    """Pairs of classes."""
    classes = len(group.taxonomy.fine_names)
    return classes * (classes - 1) // 2


def _in_named_superclass(taxonomy: Taxonomy, label: int) -> bool:
    return taxonomy.coarse_names[taxonomy.fine_to_coarse[label]] == REPORTED_SUPERCLASS


def _reported(group: Group, found: ConfusedPairs) -> Table | None:
    taxonomy, possible = group.taxonomy, _possible(group)
    rows = []
    for one, other in reported_pairs(taxonomy):
        pair = found.find(one, other)
        name = f"{readable(taxonomy.fine_names[one])} – {readable(taxonomy.fine_names[other])}"
        rank = f"{pair.rank:,} of {possible:,}" if pair else "never confused"
        total = pair.total if pair else 0
        rows.append((name, Cell(f"{total:,}", total), Cell(rank, pair.rank if pair else None)))
    if not rows:
        return None
    return Table(
        caption="The close mistakes that the source report names: boy and man, squirrel and "
        "rabbit, and the trees. Rank 1 is the pair that this approach confuses most often. "
        f"{group.provenance}",
        columns=("pair", "either way", "rank among all pairs"),
        rows=tuple(rows),
        numeric=("either way", "rank among all pairs"),
        sortable=True,
    )


def _superclasses(group: Group, matrix: NDArray[np.int64]) -> Figure:
    names, percent = [readable(name) for name in group.taxonomy.coarse_names], percentages(matrix)

    def draw(canvas: Canvas) -> None:
        _draw_matrix(canvas, percent, names, range(len(names)))
        axes = canvas.axes[0]
        for row, column in zip(*np.nonzero(percent >= _WRITTEN), strict=True):
            value = percent[row, column]
            colour = _LIGHT if (value / percent.max()) ** _GAMMA < 0.6 else _DARK
            text = axes.text(
                column, row, f"{value:.0f}", ha="center", va="center", fontsize=6.5, color=colour
            )
            # Inside the axes anyway, and the layout would measure every one of them.
            text.set_in_layout(False)

    diagonal = np.diagonal(percent)
    best, worst = names[int(diagonal.argmax())], names[int(diagonal.argmin())]
    away = percent - np.diag(diagonal)
    row, column = np.unravel_index(int(away.argmax()), away.shape)
    return Figure(
        name=f"{group.anchor}-superclasses",
        title="Confusion of superclasses",
        caption="Of the images of each superclass (row), the per cent that were given a class "
        f"of each superclass (column), over all seeds; values under {_WRITTEN} % are not written. "
        f"{group.provenance}",
        alternative=f"Matrix of {len(names)} by {len(names)} superclasses of {group.title}. The "
        f"value on the diagonal is largest for {best} ({diagonal.max():.0f} %) and smallest for "
        f"{worst} ({diagonal.min():.0f} %); the largest value elsewhere is {names[row]} "
        f"misclassified as {names[column]} ({away.max():.0f} %).",
        draw=draw,
        size=(7.2, 6.2),
        cells=_cells(percent, names),
    )


def _classes(group: Group, matrix: NDArray[np.int64]) -> Figure:
    taxonomy = group.taxonomy
    order = np.array(taxonomy.order)
    percent = percentages(matrix)[np.ix_(order, order)]
    starts = np.searchsorted(
        np.array(taxonomy.fine_to_coarse)[order], np.arange(len(taxonomy.coarse_names))
    )
    ends = np.append(starts[1:], len(order))
    grouped = len(starts) < len(order)
    names = [readable(name) for name in taxonomy.coarse_names] if grouped else []
    centres = [(start + end - 1) / 2 for start, end in zip(starts, ends, strict=True)]

    def draw(canvas: Canvas) -> None:
        _draw_matrix(canvas, percent, names, centres if grouped else ())
        if grouped:
            axes = canvas.axes[0]
            for edge in starts[1:]:
                axes.axhline(edge - 0.5, color=_LIGHT, linewidth=0.25, alpha=0.35)
                axes.axvline(edge - 0.5, color=_LIGHT, linewidth=0.25, alpha=0.35)

    diagonal = float(np.diagonal(percent).mean())
    return Figure(
        name=f"{group.anchor}-confusion",
        title=f"Confusion of all {len(order)} classes",
        caption="Of the images of each class (row), the per cent that were given each class "
        "(column), over all seeds, on a square-root scale so that rare confusions show. Classes "
        "are ordered by superclass, so confusions within one lie in the blocks along the "
        f"diagonal. {group.provenance}",
        alternative=f"Matrix of {len(order)} by {len(order)} classes of {group.title}: the "
        f"diagonal holds {diagonal:.0f} % on average, and blocks along it show confusions within "
        "superclasses.",
        draw=draw,
        size=(7.2, 6.4),
        cells=_cells(percent, [readable(taxonomy.fine_names[label]) for label in order]),
    )


def _cells(percent: NDArray[np.float64], names: Sequence[str]) -> Cells:
    values = tuple(tuple(map(float, row)) for row in percent.round(1))
    return Cells("true class", "predicted class", tuple(names), tuple(names), values, " %")


def _draw_matrix(
    canvas: Canvas,
    percent: NDArray[np.float64],
    names: Sequence[str],
    places: Sequence[float] | range,
) -> None:
    axes = canvas.subplots()
    scale = PowerNorm(_GAMMA, 0, max(1.0, float(percent.max())))
    image = axes.imshow(percent, cmap=COLOURS, norm=scale, interpolation="none")
    axes.grid(False)
    axes.set_xticks(list(places), names, rotation=90, fontsize=7)
    axes.set_yticks(list(places), names, fontsize=7)
    axes.tick_params(length=0)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    bar = canvas.colorbar(image, ax=axes, shrink=0.6, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=7, length=0)
    bar.set_label("% of the row", color=INK, fontsize=8)
