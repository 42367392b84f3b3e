"""What is misclassified as what: over the classes, over the superclasses, and pair by pair."""

from __future__ import annotations

from collections.abc import Sequence

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
from bench.report import named_mistakes
from bench.report.groups import Group

COLOURS = "viridis"
# Off the diagonal a percentage is small: on a straight scale all of it would look like zero.
_GAMMA = 0.5
# On a cell's own colour, not on the page: so neither may be one of the page's variables.
_DARK, _LIGHT = "#000001", "#fffffe"
_MOST = 15
_WRITTEN = 2
_OF_BOTH = "of both classes' images"


def figures(group: Group) -> tuple[Figure, ...]:
    """The matrix over superclasses, then over classes ordered by superclass."""
    matrix = group.tally.matrix
    if not group.taxonomy.has_superclasses:
        return (_classes(group, matrix),)
    return _superclasses(group, superclass_counts(matrix, group.taxonomy)), _classes(group, matrix)


def tables(group: Group) -> tuple[Table, ...]:
    """The most confused pairs, and what became of those that the approach's report names."""
    found = confused_pairs(group.tally.matrix)
    return (_most_confused(group, group.tally.matrix, found), *named_mistakes.tables(group, found))


def _most_confused(group: Group, matrix: NDArray[np.int64], found: ConfusedPairs) -> Table:
    taxonomy, images = group.taxonomy, matrix.sum(axis=1)
    joined = taxonomy.has_superclasses
    rows = []
    for pair in found.most(_MOST):
        one, other = (readable(taxonomy.fine_names[label]) for label in (pair.one, pair.other))
        percent = 100 * pair.total / max(1, int(images[pair.one] + images[pair.other]))
        close = ("yes" if taxonomy.same_superclass(pair.one, pair.other) else "no",)
        rows.append(
            (
                Cell(f"{one} – {other}", f"{one} {other}"),
                Cell(f"{pair.total:,}", pair.total),
                Cell(f"{percent:.1f} %", percent),
                Cell(f"{pair.forth:,}", pair.forth),
                Cell(f"{pair.back:,}", pair.back),
                *(close if joined else ()),
            )
        )
    inside, wrong = wrong_within_superclass(matrix, taxonomy)
    fraction = f"{100 * inside / wrong:.0f} %" if wrong else "none"
    stay = (
        f" Of all {wrong:,} wrong predictions, {fraction} stay within the right superclass."
        if joined
        else ""
    )
    return Table(
        caption=f"Most confused pairs: how often either class was named instead of the other, "
        f"summed over seeds.{stay} {group.provenance}",
        columns=(
            *("pair", "either way", _OF_BOTH),
            *("first as second", "second as first"),
            *(["same superclass"] if joined else []),
        ),
        rows=tuple(rows),
        numeric=("either way", _OF_BOTH, "first as second", "second as first"),
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
    grouped = taxonomy.has_superclasses
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
        "(column), over all seeds, on a square-root scale so that rare confusions show. "
        + (
            "Classes are ordered by superclass, so confusions within one lie in the blocks along "
            "the diagonal. "
            if grouped
            else ""
        )
        + group.provenance,
        alternative=f"Matrix of {len(order)} by {len(order)} classes of {group.title}: the "
        f"diagonal holds {diagonal:.0f} % on average"
        + (", and blocks along it show confusions within superclasses." if grouped else "."),
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
