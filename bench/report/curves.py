"""Training curves over the seeds, and the gap between training and validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from bench.analysis.statistics import mean
from bench.pages.figures import MUTED, SERIES, Figure
from bench.records.record import EpochPart
from bench.report.groups import Group

Quantity = Callable[[EpochPart], float | None]
TRAIN, VALIDATION, GAP = SERIES[0], SERIES[1], SERIES[2]
SIZE = (4.8, 3.4)


@dataclass(frozen=True)
class Band:
    """One quantity epoch by epoch, over the seeds that reached the epoch.

    Attributes:
        epoch: int (epochs,), from 1.
        mean: float (epochs,).
        low: float (epochs,), of the lowest seed.
        high: float (epochs,), of the highest.
        seeds: int (epochs,), how many reached it: early stopping ends them at different epochs.
    """

    epoch: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    seeds: NDArray[np.int64]


def band(group: Group, quantity: Quantity) -> Band | None:
    """The band of one quantity; `None` where some epoch of some record lacks it."""
    histories = [[quantity(epoch) for epoch in record.history] for record in group.records]
    longest = max(map(len, histories), default=0)
    if not longest:
        return None
    epochs: list[list[float]] = []
    for number in range(longest):
        reached = [history[number] for history in histories if number < len(history)]
        present = [value for value in reached if value is not None]
        if len(present) < len(reached):
            return None
        epochs.append(present)
    return Band(
        epoch=np.arange(1, longest + 1),
        mean=np.array([mean(values) for values in epochs]),
        low=np.array([min(values) for values in epochs]),
        high=np.array([max(values) for values in epochs]),
        seeds=np.array([len(values) for values in epochs]),
    )


def figures(group: Group) -> tuple[Figure, ...]:
    """Accuracy, loss and gap by epoch; nothing for what has no epochs."""
    drawn = (_accuracy(group), _loss(group), _gap(group))
    return tuple(figure for figure in drawn if figure is not None)


def _accuracy(group: Group) -> Figure | None:
    train = band(group, lambda epoch: _percent(epoch.accuracy))
    validation = band(group, lambda epoch: _percent(epoch.validation_accuracy))
    return _curves(group, "accuracy", "accuracy, %", "{:.1f} %", train, validation)


def _loss(group: Group) -> Figure | None:
    train = band(group, lambda epoch: epoch.loss)
    validation = band(group, lambda epoch: epoch.validation_loss)
    return _curves(group, "loss", "cross-entropy, nats", "{:.2f}", train, validation)


def _curves(
    group: Group, kind: str, unit: str, form: str, train: Band | None, validation: Band | None
) -> Figure | None:
    if train is None:
        return None
    drawn = [("training", TRAIN, "-", train)]
    if validation is not None:
        drawn.append(("validation", VALIDATION, "--", validation))

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for name, colour, dashes, curve in drawn:
            _draw_band(axes, curve, colour, dashes, name)
        _finish(axes, unit)
        axes.legend()

    ends = "; ".join(
        f"{name} {kind} goes from {form.format(curve.mean[0])} to {form.format(curve.mean[-1])}"
        for name, _, _, curve in drawn
    )
    return Figure(
        name=f"{group.anchor}-{kind}",
        title=f"{kind.capitalize()} by epoch",
        caption=f"{kind.capitalize()} on the training images (running mean over each epoch's "
        f"batches) and on the validation images after it{_over_seeds(group)}. "
        f"{group.provenance}",
        alternative=f"Line chart of {group.title} over {len(train.epoch)} epochs: {ends}.",
        draw=draw,
        size=SIZE,
    )


def _gap(group: Group) -> Figure | None:
    curve = band(
        group,
        lambda epoch: (
            None
            if epoch.validation_accuracy is None
            else 100 * (epoch.accuracy - epoch.validation_accuracy)
        ),
    )
    if curve is None:
        return None
    final = final_gap(group)

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        axes.axhline(0, color=MUTED, linewidth=1)
        _draw_band(axes, curve, GAP, "-", "by epoch")
        if final is not None:
            axes.plot([_kept(group)], [final], "D", color=SERIES[6], label="trained model, scored")
        _finish(axes, "training − validation, points")
        axes.legend()

    scored = f" The trained model, scored on both parts, has {final:+.1f} points." if final else ""
    return Figure(
        name=f"{group.anchor}-gap",
        title="Training against validation",
        caption="How many points the training accuracy lies above the validation accuracy: the "
        f"measure of overfitting{_over_seeds(group)}. The documented numbers are such running "
        "means; the diamond scores the trained model on both parts, without dropout, at the epoch "
        f"whose weights were kept (mean over seeds). {group.provenance}",
        alternative=f"Line chart of {group.title}: the gap goes from {curve.mean[0]:+.1f} points "
        f"in the first epoch to {curve.mean[-1]:+.1f} in the last.{scored}",
        draw=draw,
        size=SIZE,
    )


def final_gap(group: Group) -> float | None:
    """Training minus validation accuracy of the trained models, in points, mean over seeds."""
    parts = [
        (record.train.accuracy, record.validation.accuracy)
        for record in group.records
        if record.train and record.validation
    ]
    return mean([100 * (train - held) for train, held in parts]) if parts else None


def _kept(group: Group) -> float:
    """The epoch whose weights were kept, mean over seeds."""
    return mean([record.best_epoch or len(record.history) for record in group.records])


def _draw_band(axes: Axes, curve: Band, colour: str, dashes: str, name: str) -> None:
    if curve.seeds.max() > 1:
        axes.fill_between(curve.epoch, curve.low, curve.high, color=colour, alpha=0.18, linewidth=0)
    marker = "o" if len(curve.epoch) == 1 else ""
    axes.plot(curve.epoch, curve.mean, dashes, color=colour, label=name, marker=marker)


def _finish(axes: Axes, unit: str) -> None:
    axes.set_xlabel("epoch")
    axes.set_ylabel(unit)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _over_seeds(group: Group) -> str:
    seeds = len(group.records)
    if seeds == 1:
        return " (one seed, so no band)"
    lengths: Sequence[int] = [len(record.history) for record in group.records]
    stopped = (
        f"; training stopped early after {min(lengths)} to {max(lengths)} epochs, and a late "
        "epoch has only the seeds that reached it"
        if min(lengths) != max(lengths)
        else ""
    )
    return f" (line: mean of {seeds} seeds; band: lowest to highest seed{stopped})"


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction
