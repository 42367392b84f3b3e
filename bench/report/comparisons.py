"""Who is better than whom, and is it more than chance?"""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from bench.analysis.statistics import LEVEL, holm
from bench.pages.figures import FAINT, INK, SERIES, Figure
from bench.pages.sections import Table
from bench.report.content import DataTable
from bench.report.groups import Standing, pairs

BETTER, WORSE = SERIES[0], SERIES[1]


@dataclass(frozen=True)
class Paired:
    """Two rows of a section on the same images.

    Attributes:
        one: number of the row that stands higher on the page.
        other: number of the other.
        difference: accuracy of `one` minus that of `other`, in points.
        p: of the paired test; `None` where the two did not see the same images.
        corrected: the same after Holm's correction over all pairs of the section.
    """

    one: int
    other: int
    difference: float
    p: float | None
    corrected: float | None

    @property
    def told_apart(self) -> bool:
        """Whether the difference is more than chance, at the level of all pairs together."""
        return self.corrected is not None and self.corrected < 1 - LEVEL


def paired(standing: Standing) -> tuple[Paired, ...]:
    """Every pair of rows."""
    tested = [pair for pair in pairs(standing) if pair in standing.p_values]
    corrected = dict(zip(tested, holm([standing.p_values[p] for p in tested]), strict=True))
    accuracy = [group.row.accuracy.mean for group in standing.groups]
    return tuple(
        Paired(
            one=i,
            other=j,
            difference=100 * (accuracy[i] - accuracy[j]),
            p=standing.p_values.get((i, j)),
            corrected=corrected.get((i, j)),
        )
        for i, j in pairs(standing)
    )


def figure(standing: Standing) -> Figure | None:
    """The matrix of all pairs; `None` for a single row."""
    found = paired(standing)
    if not found:
        return None
    titles = [group.title for group in standing.groups]
    size = len(titles)
    largest = max(abs(pair.difference) for pair in found) or 1.0

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for pair in found:
            for row, column, sign in ((pair.one, pair.other, 1), (pair.other, pair.one, -1)):
                difference = sign * pair.difference
                if pair.told_apart:
                    colour = BETTER if difference > 0 else WORSE
                    alpha = 0.15 + 0.45 * abs(difference) / largest
                    axes.add_patch(
                        Rectangle(
                            (column - 0.5, row - 0.5), 1, 1, color=colour, alpha=alpha, linewidth=0
                        )
                    )
                strong = "bold" if pair.told_apart else "normal"
                axes.text(
                    column,
                    row - 0.12,
                    _signed(difference),
                    ha="center",
                    va="center",
                    color=INK,
                    fontsize=9,
                    fontweight=strong,
                )
                axes.text(
                    column,
                    row + 0.24,
                    p_text(pair.corrected),
                    ha="center",
                    va="center",
                    color=INK,
                    fontsize=7,
                )
        for edge in range(size + 1):
            axes.axhline(edge - 0.5, color=FAINT, linewidth=0.6)
            axes.axvline(edge - 0.5, color=FAINT, linewidth=0.6)
        axes.set_xlim(-0.5, size - 0.5)
        axes.set_ylim(size - 0.5, -0.5)
        axes.grid(False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=8)
        axes.set_xticks(range(size), titles, rotation=35, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(size), titles)

    apart = sum(pair.told_apart for pair in found)
    top = max(found, key=lambda pair: pair.difference)
    return Figure(
        name=f"{standing.anchor}-pairs",
        title="Paired comparisons",
        caption="Accuracy of the row minus that of the column, in points, and below it the "
        "p-value of a paired test on the same test images after Holm's correction over all "
        "pairs. Coloured and bold: told apart at 0.05 (blue: the row is better, orange: worse). "
        f"{standing.provenance}",
        alternative=f"Matrix of {size} by {size} approaches: {apart} of {len(found)} pairs are "
        f"told apart. The largest difference is {top.difference:+.1f} points, "
        f"{titles[top.one]} over {titles[top.other]}.",
        draw=draw,
        size=(3.0 + 0.75 * size, 1.9 + 0.55 * size),
    )


def table(standing: Standing) -> Table | None:
    """The same pairs as text; `None` for a single row."""
    found = paired(standing)
    if not found:
        return None
    titles = [group.title for group in standing.groups]
    cells = [
        (
            *(titles[pair.one], titles[pair.other], f"{pair.difference:+.2f}"),
            *(p_text(pair.p), p_text(pair.corrected), "yes" if pair.told_apart else "no"),
        )
        for pair in found
    ]
    return DataTable(
        caption=f"Every pair: difference in points, p-value of the paired test, the same after "
        f"Holm's correction, and whether the two are told apart at 0.05. {standing.provenance}",
        columns=("approach", "against", "points", "p", "p, corrected", "told apart"),
        rows=tuple(cells),
        keys=tuple(
            (cell[0], cell[1], pair.difference, pair.p, pair.corrected, cell[5])
            for cell, pair in zip(cells, found, strict=True)
        ),
        summary=f"All {len(found)} pairs as a table",
    )


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "−")


def p_text(p: float | None) -> str:
    """A p-value for people; `None` is «not tested»."""
    if p is None:
        return "not tested"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
