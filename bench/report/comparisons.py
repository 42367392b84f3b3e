"""Who is better than whom, and is it more than chance?"""

from __future__ import annotations

from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from bench.pages.figures import FAINT, INK, SERIES, Figure
from bench.pages.sections import Cell, Table
from bench.report.groups import Standing

BETTER, WORSE = SERIES[0], SERIES[1]


def figure(standing: Standing) -> Figure | None:
    """The matrix of all pairs; `None` for a single row."""
    found = standing.pairs
    if not found:
        return None
    titles = [group.title for group in standing.groups]
    size = len(titles)
    largest = max(abs(pair.difference) for pair in found) or 0.01

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for pair in found:
            for row, column, sign in ((pair.one, pair.other, 1), (pair.other, pair.one, -1)):
                difference = sign * pair.difference
                if pair.significant:
                    colour = BETTER if difference > 0 else WORSE
                    alpha = 0.15 + 0.45 * abs(difference) / largest
                    axes.add_patch(
                        Rectangle(
                            (column - 0.5, row - 0.5), 1, 1, color=colour, alpha=alpha, linewidth=0
                        )
                    )
                strong = "bold" if pair.significant else "normal"
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

    apart = sum(pair.significant for pair in found)
    top = max(found, key=lambda pair: pair.difference)
    return Figure(
        name=f"{standing.anchor}-pairs",
        title="Paired comparisons",
        caption="Accuracy of the row minus that of the column, in points, and below it the "
        "p-value of a paired test on the same test images after Holm's correction over all "
        "pairs. Coloured and bold: significantly different at 0.05 (blue: the row is better, "
        "orange: worse). "
        f"{standing.provenance}",
        alternative=f"Matrix of {size} by {size} approaches: {apart} of {len(found)} pairs "
        f"differ significantly. The largest difference is {100 * top.difference:+.1f} points, "
        f"{titles[top.one]} over {titles[top.other]}.",
        draw=draw,
        size=(3.0 + 0.75 * size, 1.9 + 0.55 * size),
    )


def table(standing: Standing) -> Table | None:
    """The same pairs as text; `None` for a single row."""
    found = standing.pairs
    if not found:
        return None
    titles = [group.title for group in standing.groups]
    rows = tuple(
        (
            titles[pair.one],
            titles[pair.other],
            Cell(f"{100 * pair.difference:+.2f}", pair.difference),
            Cell(p_text(pair.p), pair.p),
            Cell(p_text(pair.corrected), pair.corrected),
            "yes" if pair.significant else "no",
        )
        for pair in found
    )
    return Table(
        caption=f"Every pair: difference in points, p-value of the paired test, the same after "
        f"Holm's correction, and whether the two differ significantly at 0.05. "
        f"{standing.provenance}",
        columns=("approach", "against", "points", "p", "p, corrected", "significant"),
        rows=rows,
        numeric=("points", "p", "p, corrected"),
        sortable=True,
        summary=f"All {len(found)} pairs as a table",
    )


def _signed(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace("-", "−")


def p_text(p: float | None) -> str:
    """A p-value for people; `None` is 'not tested'."""
    if p is None:
        return "not tested"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
