"""Measured and documented accuracies of a section as one chart."""

from __future__ import annotations

from matplotlib.figure import Figure as Canvas

from bench.leaderboard.model import Row
from bench.pages.figures import INK, SERIES, Figure
from bench.report.groups import Standing


def figure(standing: Standing) -> Figure:
    """Measured accuracies, beside the documented ones where those may be judged."""
    judged = standing.section.judged
    rows = [group.row for group in standing.groups]
    bands = [group.row.expected or group.row.test_interval for group in standing.groups]
    titles = [group.title for group in standing.groups]
    best = max(rows, key=lambda row: row.accuracy.mean)
    drawn = [value for row in rows for value in row.accuracy.values]
    drawn += [interval.high for interval in bands]
    drawn += [row.documented_accuracy or 0.0 for row in rows if judged]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        documented_shown = False
        for number, (row, interval) in enumerate(zip(rows, bands, strict=True)):
            axes.plot(
                [100 * interval.low, 100 * interval.high],
                [number] * 2,
                color=SERIES[0],
                alpha=0.3,
                linewidth=9,
                solid_capstyle="butt",
                label=_named(number, "a new run, 95 %" if judged else "95 % interval"),
            )
            axes.plot(
                [100 * value for value in row.accuracy.values],
                [number] * len(row.accuracy.values),
                "|",
                color=SERIES[0],
                markersize=9,
                label=_named(number, "one seed"),
            )
            axes.plot(
                [100 * row.accuracy.mean],
                [number],
                "o",
                color=SERIES[0],
                markersize=7,
                label=_named(number, "mean"),
            )
            if judged and row.documented_accuracy is not None:
                axes.plot(
                    [100 * row.documented_accuracy],
                    [number],
                    "D",
                    color=SERIES[1],
                    markersize=7,
                    label=None if documented_shown else "documented",
                )
                documented_shown = True
            # Above its line and not beside it: a long title would take half of the width.
            axes.text(0, number - 0.22, f" {titles[number]}", color=INK, fontsize=9, va="bottom")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(len(rows) - 0.5, -0.8)
        axes.set_xlabel("test accuracy, %")
        # Room for half a mark, which the usual margin of what is drawn need not give from 0 on.
        axes.set_xlim(0, 104 * max(drawn))
        canvas.legend(
            loc="outside upper left", ncols=4, fontsize=8, columnspacing=1, handlelength=1
        )

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
        size=(5.0, 0.9 + 0.31 * len(rows)),
    )


def _named(number: int, name: str) -> str | None:
    """Each kind of mark stands once in the legend: as that of the first row."""
    return None if number else name


def _alternative(best: Row, judged: bool) -> str:
    text = f"The highest mean is {100 * best.accuracy.mean:.1f} %, of {best.title}"
    if judged and best.documented_accuracy is not None:
        text += f", documented with {100 * best.documented_accuracy:.1f} %"
    return text + "."
