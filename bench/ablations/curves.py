"""The epoch tables of an ablation as a line chart."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from bench.ablations.earlier import EARLIER
from bench.ablations.results import LearningCurve
from bench.pages.figures import INK, SERIES, Figure
from bench.pages.words import counted


def figures(ablation: str, curves: Sequence[LearningCurve]) -> tuple[Figure, ...]:
    """One chart with a line for each curve, and the documented accuracy as a line across.

    Args:
        ablation: its name, which the anchor begins with.
        curves: none gives no chart.
    """
    if not curves:
        return ()
    names = [_name(curve, curves) for curve in curves]
    documented = {
        number.value: f"documented, {100 * number.value:g} %"
        for curve in curves
        if (number := EARLIER.get(curve.approach).documented_value("validation_accuracy"))
    }

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for number, (name, curve) in enumerate(zip(names, curves, strict=True)):
            epochs = range(1, len(curve.accuracy) + 1)
            axes.plot(
                epochs,
                [100 * accuracy for accuracy in curve.accuracy],
                color=SERIES[number % len(SERIES)],
                marker="o" if len(epochs) == 1 else "",
                label=name,
            )
        for value, name in documented.items():
            axes.axhline(100 * value, color=INK, linestyle="--", linewidth=1, label=name)
        axes.set_xlabel("epoch")
        axes.set_ylabel("validation accuracy, %")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(loc="lower right", fontsize=8)

    told = "; ".join(_told(name, curve) for name, curve in zip(names, curves, strict=True))
    return (
        Figure(
            name=f"{ablation}-epochs",
            title="Epoch by epoch",
            caption="Validation accuracy after each epoch, mean over the seeds; every value is in "
            "the folded table above.",
            alternative=f"Line chart of {counted(len(curves), 'learning curve')}: {told}.",
            draw=draw,
            size=(4.8, 3.4),
        ),
    )


def _name(curve: LearningCurve, curves: Sequence[LearningCurve]) -> str:
    """What tells a line from the others: backend and device only where those differ."""
    name = f"{curve.approach}, {counted(len(curve.seeds), 'seed')}"
    alike = [other for other in curves if other.approach == curve.approach]
    if len(alike) > 1:
        name += f", {curve.setting.backend} on {curve.setting.device}"
        number = alike.index(curve) + 1
        name += f" ({number})"
    return name


def _told(name: str, curve: LearningCurve) -> str:
    best = max(range(len(curve.accuracy)), key=curve.accuracy.__getitem__)
    return (
        f"{name} goes from {100 * curve.accuracy[0]:.1f} % to {100 * curve.accuracy[-1]:.1f} %, "
        f"highest in epoch {best + 1} with {100 * curve.accuracy[best]:.1f} %"
    )
