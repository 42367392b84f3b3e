"""How the leaderboard writes its numbers: each quantity in its unit, with the digits that count."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bench.analysis import claim_verdicts
from bench.analysis.statistics import Interval
from bench.approaches.approach import Quantity
from bench.leaderboard.model import Measured


@dataclass(frozen=True)
class _Format:
    """How numbers of one unit are written.

    Attributes:
        scale: what a value is multiplied by.
        decimals: of a measured value.
        sign: of a measured or documented value, `+` where both signs are written.
        suffix: the unit.
    """

    scale: int
    decimals: int
    sign: str = ""
    suffix: str = ""


class Unit(Enum):
    """In what a quantity is counted."""

    FRACTION = _Format(100, 2, suffix=" %")
    DIFFERENCE = _Format(100, 2, sign="+", suffix=" points")
    LOSS = _Format(1, 3)
    COUNT = _Format(1, 0)
    PROBABILITY = _Format(1, 4)


# The units of claims, see `bench.analysis.claim_verdicts`.
UNITS: Mapping[claim_verdicts.Unit, Unit] = {
    "accuracy": Unit.FRACTION,
    "points": Unit.DIFFERENCE,
    "loss": Unit.LOSS,
    "count": Unit.COUNT,
    "epochs": Unit.COUNT,
    "probability": Unit.PROBABILITY,
}


@dataclass(frozen=True)
class Name:
    """What a quantity is called, and its unit."""

    words: str
    unit: Unit


NAMES: Mapping[Quantity, Name] = {
    "parameters": Name("parameters", Unit.COUNT),
    "trainable_parameters": Name("trainable parameters", Unit.COUNT),
    "non_trainable_parameters": Name("non-trainable parameters", Unit.COUNT),
    "epochs": Name("epochs", Unit.COUNT),
    "train_accuracy": Name("train accuracy, while fitting", Unit.FRACTION),
    "train_loss": Name("train loss, while fitting", Unit.LOSS),
    "validation_accuracy": Name("validation accuracy", Unit.FRACTION),
    "validation_loss": Name("validation loss", Unit.LOSS),
    "test_accuracy": Name("test accuracy", Unit.FRACTION),
}


def documented(unit: Unit, value: float, step: float, suffix: bool = True) -> str:
    """A documented number with the digits that were published.

    Args:
        unit: of the value.
        value: as published; accuracies are fractions.
        step: the smallest step that the publication prints.
        suffix: whether the unit is written.
    """
    form = unit.value
    decimals = max(0, round(-math.log10(step)))
    if form.scale == 100:
        decimals = max(0, decimals - 2)
    grouping = "," if unit in (Unit.LOSS, Unit.COUNT) else ""
    text = _minus(f"{form.scale * value:{form.sign}{grouping}.{decimals}f}")
    return text + (form.suffix if suffix else "")


def measured(unit: Unit, value: Measured, decimals: int | None = None, suffix: bool = True) -> str:
    """A mean with its 95 % interval over seeds; of counts the range.

    Args:
        unit: of the values.
        value: over the seeds.
        decimals: the unit's own unless given.
        suffix: whether the unit is written.
    """
    if unit is Unit.COUNT:
        return within(unit, Interval(min(value.values), max(value.values)))
    form = unit.value
    digits = form.decimals if decimals is None else decimals
    text = _minus(f"{form.scale * value.mean:{form.sign}.{digits}f}")
    if value.interval:
        half = form.scale * (value.interval.high - value.interval.low) / 2
        text += f" ± {half:.{digits}f}"
    return text + (form.suffix if suffix else "")


def within(unit: Unit, interval: Interval) -> str:
    """An interval, "38.00 to 39.00 %"; of counts one number where both ends are the same."""
    form = unit.value
    if unit is Unit.COUNT:
        low, high = f"{interval.low:,.0f}", f"{interval.high:,.0f}"
        return low if low == high else f"{low} to {high}"
    low, high = (f"{form.scale * end:.{form.decimals}f}" for end in interval)
    return _minus(f"{low} to {high}{form.suffix}")


def resolution(unit: Unit, value: float) -> str:
    """A true difference, in the unit of the values: "7.5 points", "0.12", "2.0"."""
    if unit in (Unit.FRACTION, Unit.DIFFERENCE):
        return f"{100 * value:.1f} points"
    if unit is Unit.COUNT:
        return f"{value:.1f}" if value else "0"
    return f"{value:.2f}"


def points(value: float, decimals: int = 1) -> str:
    """A difference of two fractions in points, with its sign."""
    return _minus(f"{100 * value:+.{decimals}f}")


def images_per_second(value: float) -> str:
    """Whole images from ten a second on."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _minus(text: str) -> str:
    """A number with a minus sign as long as the plus."""
    return text.replace("-", "−")
