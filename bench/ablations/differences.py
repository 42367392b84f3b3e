"""The differences of an ablation with their intervals, as a forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure as Canvas

from bench.ablations.results import AblationResult, Outcome
from bench.pages.figures import INK, MUTED, SERIES, Figure
from bench.pages.words import counted


def figures(results: Sequence[AblationResult]) -> tuple[Figure, ...]:
    """One for each result that has a difference."""
    return tuple(
        _figure(result, number, shown)
        for number, result in enumerate(results, 1)
        if (shown := [one for one in result.outcomes if one.difference is not None])
    )


def _figure(result: AblationResult, number: int, shown: Sequence[Outcome]) -> Figure:
    names = [f"{one.variant.label}, against {one.variant.against}" for one in shown]
    means = [100 * (one.difference or 0.0) for one in shown]
    intervals = [one.difference_interval for one in shown]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        axes.axvline(0, color=MUTED, linewidth=1)
        for row, (name, value, interval) in enumerate(zip(names, means, intervals, strict=True)):
            if interval:
                ends = [100 * end for end in interval]
                axes.plot(ends, [row] * 2, color=SERIES[0], linewidth=2)
            # Hollow without an interval: nobody knows how far another seed would lie.
            axes.plot([value], [row], "o", color=SERIES[0], mfc=None if interval else "none")
            axes.annotate(
                name,
                (0, row - 0.2),
                xycoords=("axes fraction", "data"),
                color=INK,
                fontsize=8,
                va="bottom",
            )
        axes.set_ylim(len(shown) - 0.5, -0.8)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.08)
        axes.set_xlabel("difference in test accuracy, points")

    clear = sum(interval is not None and interval[0] * interval[1] > 0 for interval in intervals)
    most = max(range(len(shown)), key=lambda row: abs(means[row]))
    suffix = "" if number == 1 else f"-{number}"
    return Figure(
        name=f"{result.ablation.name}-differences{suffix}",
        title="Differences",
        caption="Test accuracy minus that of the variant it is held against, with its 95 % "
        "interval over seeds and images; hollow: one seed on either side, so no interval. "
        f"{result.ablation.tier.name.capitalize()} tier, {result.setting.backend} backend on "
        f"{result.setting.device}.",
        alternative=f"Forest plot of {counted(len(shown), 'difference')}: {clear} with an interval "
        f"that leaves out zero. The largest is {means[most]:+.2f} points, {names[most]}.",
        draw=draw,
        size=(6.4, 1.0 + 0.45 * len(shown)),
    )
