"""The leaderboard's rows as a table that sorts and filters, and as one chart."""

from __future__ import annotations

from matplotlib.figure import Figure as Canvas

from bench.analysis.statistics import Interval
from bench.leaderboard.build import Row
from bench.leaderboard.markdown import NONE, comparison_rows, full_rows
from bench.pages.figures import INK, SERIES, Figure
from bench.pages.sections import Table
from bench.report.content import DataTable
from bench.report.groups import Standing

# What a reader comes for stands where a narrow screen still shows it.
_FIRST = ("rank", "approach", "documented", "measured", "verdict")
_LEFT_OUT = ("name",)
_COMPARED = (
    *("name", "quantity", "documented", "measured", "verdict"),
    *("reproduced within", "section"),
)


def table(standing: Standing) -> Table:
    """Every row with every column that says something; the approach leads to its part."""
    cells = full_rows(standing.section)
    told = [name for name in cells[0] if any(line[name] != NONE for line in cells)]
    columns = [name for name in _FIRST if name in told]
    columns += [name for name in told if name not in (*_FIRST, *_LEFT_OUT)]
    rows = []
    for line, group in zip(cells, standing.groups, strict=True):
        mark = line["approach"].removeprefix(group.row.title)
        rows.append(tuple({**line, "approach": f"{group.title}{mark}"}[name] for name in columns))
    return DataTable(
        caption=f"Test accuracy and cost of every approach, the most accurate first. "
        f"{standing.provenance}",
        columns=tuple(columns),
        rows=tuple(rows),
        keys=tuple(
            tuple(_keys(group.row, group.title)[name] for name in columns)
            for group in standing.groups
        ),
        header=columns.index("approach"),
        link_column=columns.index("approach"),
        links=tuple(f"#{group.anchor}" for group in standing.groups),
        filter_label="Show approaches with",
    )


def comparisons_table(standing: Standing) -> Table | None:
    """Every documented number against the measured one; `None` where nothing may be judged."""
    cells = [{name: line[name] for name in _COMPARED} for line in comparison_rows(standing.section)]
    if not cells:
        return None
    return DataTable(
        caption=f"Every documented number against the measured one. {standing.provenance}",
        columns=tuple(cells[0]),
        rows=tuple(tuple(line.values()) for line in cells),
        filter_label="Show numbers with",
        # Unlike quantities side by side: only the words sort in a way that means anything.
        keys=tuple(
            tuple(
                text if name in ("name", "quantity", "verdict", "section") else number
                for name, text in line.items()
            )
            for number, line in enumerate(cells)
        ),
    )


def expected(standing: Standing) -> dict[str, Interval]:
    """Where the documented test accuracy would be called reproduced, by the row's label."""
    return {
        comparison.label: comparison.expected
        for comparison in standing.section.comparisons
        if comparison.quantity == "test_accuracy" and comparison.expected is not None
    }


def figure(standing: Standing) -> Figure:
    """Measured accuracies, beside the documented ones where those may be judged."""
    judged, intervals = standing.section.judged, expected(standing)
    rows = [group.row for group in standing.groups]
    titles = [group.title for group in standing.groups]
    best = max(rows, key=lambda row: row.accuracy.mean)

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for number, row in enumerate(rows):
            interval = intervals.get(row.label, row.test_interval)
            axes.plot(
                [100 * interval.low, 100 * interval.high],
                [number] * 2,
                color=SERIES[0],
                alpha=0.3,
                linewidth=9,
                solid_capstyle="butt",
            )
            axes.plot(
                [100 * value for value in row.accuracy.values],
                [number] * len(row.accuracy.values),
                "|",
                color=SERIES[0],
                markersize=9,
            )
            axes.plot(
                [100 * row.accuracy.mean],
                [number],
                "o",
                color=SERIES[0],
                markersize=7,
                label="measured" if number == 0 else None,
            )
            if judged and row.documented_accuracy is not None:
                axes.plot(
                    [100 * row.documented_accuracy],
                    [number],
                    "D",
                    color=SERIES[1],
                    markersize=7,
                    label=None if "documented" in _labels(axes) else "documented",
                )
            # Above its line and not beside it: a long title would take half of the width.
            axes.text(0, number - 0.22, f" {titles[number]}", color=INK, fontsize=9, va="bottom")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(len(rows) - 0.5, -0.8)
        axes.set_xlabel("test accuracy, %")
        axes.set_xlim(left=0)
        if judged:
            canvas.legend(loc="outside upper right", ncols=2)

    band = (
        "the band is where a documented number would be called reproduced (95 % prediction "
        "interval of a new run)"
        if judged
        else "the band is the 95 % Wilson interval of the mean, for these images being a sample"
    )
    return Figure(
        name=f"{standing.anchor}-accuracy",
        title="Documented and measured accuracy" if judged else "Measured accuracy",
        caption=f"Test accuracy: the dot is the mean over seeds, each tick one seed, {band}."
        f"{' The diamond is the documented number.' if judged else ''} {standing.provenance}",
        alternative=f"Dot chart of {len(rows)} approaches. {_alternative(best, judged)}",
        draw=draw,
        size=(5.0, 1.2 + 0.5 * len(rows)),
    )


def _labels(axes: object) -> list[str]:
    return axes.get_legend_handles_labels()[1]  # type: ignore[attr-defined]


def _alternative(best: Row, judged: bool) -> str:
    text = f"The highest mean is {100 * best.accuracy.mean:.1f} %, of {best.title}"
    if judged and best.documented_accuracy is not None:
        text += f", documented with {100 * best.documented_accuracy:.1f} %"
    return text + "."


def _keys(row: Row, title: str) -> dict[str, float | str | None]:
    return {
        "rank": row.rank,
        "approach": title,
        "documented": row.documented_accuracy,
        "measured": row.accuracy.mean,
        "SD": row.accuracy.sd,
        "test set": row.test_interval.low,
        "verdict": row.verdict.value if row.verdict else None,
        "top-5": row.top5_accuracy.mean,
        "parameters": row.parameters,
        "FLOPs/image": row.flops,
        "training": row.training_seconds.mean,
        "images/s": row.images_per_second.mean,
        "device": f"{row.device} {row.backend}",
        "seeds": len(row.seeds),
    }
