"""Accuracy against what it costs: parameters, work an image, and training time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from bench.analysis.statistics import Interval
from bench.approaches.registry import installed_approaches
from bench.pages.figures import MUTED, SERIES, Figure
from bench.report.groups import Standing

Cost = Literal["parameters", "flops", "training_seconds"]
_MARKERS = "osD^vPX"
_WHAT: dict[Cost, tuple[str, str, str]] = {
    "parameters": ("parameters", "Accuracy against parameters", "trained and frozen parameters"),
    "flops": (
        "FLOPs an image",
        "Accuracy against work",
        "floating-point operations for one image (two a multiply-add)",
    ),
    "training_seconds": (
        "training, seconds",
        "Accuracy against training time",
        "wall-clock time of training, without reading a frozen backbone's features",
    ),
}


@dataclass(frozen=True)
class Point:
    """One row in such a chart.

    Attributes:
        title: of the row.
        series: number of its colour and mark, the same in all charts of a section.
        cost: horizontally.
        accuracy: per cent.
        interval: 95 % Wilson interval of the accuracy, per cent.
        range: lowest and highest cost over seeds.
    """

    title: str
    series: int
    cost: float
    accuracy: float
    interval: Interval
    range: Interval


def points(standing: Standing, cost: Cost) -> tuple[Point, ...]:
    """The rows that have such a cost: a forest has neither parameters nor FLOPs."""
    found = []
    colours = _series(standing)
    for group in standing.groups:
        row = group.row
        if cost == "training_seconds":
            value: float | None = row.training_seconds.mean
            seeds = row.training_seconds.values
        else:
            value = getattr(row, cost)
            seeds = (value,) if value is not None else ()
        # Zero has no place on a logarithmic axis.
        if value:
            found.append(
                Point(
                    title=group.title,
                    series=colours[group.title],
                    cost=float(value),
                    accuracy=100 * row.accuracy.mean,
                    interval=Interval(100 * row.test_interval.low, 100 * row.test_interval.high),
                    range=Interval(min(seeds), max(seeds)),
                )
            )
    return tuple(found)


def _series(standing: Standing) -> dict[str, int]:
    """Numbers by title, in the registry's order: an approach looks alike from tier to tier."""
    known = [approach.name for approach in installed_approaches()]
    ordered = sorted(
        standing.groups,
        key=lambda g: (known.index(g.row.approach) if g.row.approach in known else 99, g.title),
    )
    return {group.title: number for number, group in enumerate(ordered)}


def figures(standing: Standing) -> tuple[Figure, ...]:
    """The three charts; one that would hold fewer than two rows is left out."""
    charts = [(cost, points(standing, cost)) for cost in _WHAT]
    return tuple(_figure(standing, cost, found) for cost, found in charts if len(found) > 1)


def _figure(standing: Standing, cost: Cost, found: Sequence[Point]) -> Figure:
    axis, title, meaning = _WHAT[cost]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for point in found:
            axes.errorbar(
                [point.cost],
                [point.accuracy],
                xerr=[[point.cost - point.range.low], [point.range.high - point.cost]],
                yerr=[
                    [point.accuracy - point.interval.low],
                    [point.interval.high - point.accuracy],
                ],
                fmt="none",
                ecolor=SERIES[point.series % len(SERIES)],
                capsize=2.5,
                elinewidth=1.2,
            )
            axes.plot(
                [point.cost],
                [point.accuracy],
                _MARKERS[point.series % len(_MARKERS)],
                color=SERIES[point.series % len(SERIES)],
                markersize=7,
                label=point.title,
            )
        axes.set_xscale("log")
        decades = max(p.range.high for p in found) / min(p.range.low for p in found)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 100 else (1,)))
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(f"{axis} (log scale)")
        axes.set_ylabel("test accuracy, %")
        axes.margins(x=0.12)
        axes.tick_params(which="minor", color=MUTED)
        # In one column: two long titles side by side are wider than the figure.
        canvas.legend(loc="outside lower center", fontsize=8)

    absent = [g.title for g in standing.groups if g.title not in {p.title for p in found}]
    without = f" Not shown, as they have none: {', '.join(absent)}." if absent else ""
    best = max(found, key=lambda point: point.accuracy)
    cheapest = min(found, key=lambda point: point.cost)
    return Figure(
        name=f"{standing.anchor}-{cost.partition('_')[0]}",
        title=title,
        caption=f"Test accuracy (mean over seeds, with its 95 % Wilson interval) against "
        f"{meaning}{_range(cost)}.{without} {standing.provenance}",
        alternative=f"Scatter chart: {best.title} is the most accurate with "
        f"{best.accuracy:.1f} % at {_number(best.cost)} {axis}; {cheapest.title} is the cheapest "
        f"with {cheapest.accuracy:.1f} % at {_number(cheapest.cost)}.",
        draw=draw,
        size=(4.8, 3.6 + 0.19 * len(found)),
    )


def _range(cost: Cost) -> str:
    return " (mean, lowest and highest over seeds)" if cost == "training_seconds" else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
