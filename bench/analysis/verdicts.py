"""Does a documented number hold? One rule for each kind of number, and for who may be judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bench.analysis.statistics import (
    LEVEL,
    Interval,
    mean,
    normal_quantile,
    standard_deviation,
    t_quantile,
)
from bench.approaches.approach import Documented, Quantity
from bench.records.record import RunRecord

# Below this many seeds their spread is not known well enough to be used: with two, t is 12.7.
MIN_SEEDS = 3
REAL_DATASET = "cifar100"

Kind = Literal["accuracy", "loss", "count", "epochs"]


class Verdict(StrEnum):
    """What the measurement says of a documented number."""

    REPRODUCED = "reproduced"
    EXCEEDED = "exceeded"
    NOT_REPRODUCED = "not reproduced"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Judgement:
    """A verdict and its ground.

    Attributes:
        verdict: the answer.
        expected: documented numbers in here would be called reproduced; `None` where undecided.
    """

    verdict: Verdict
    expected: Interval | None


def can_be_judged(record: RunRecord) -> bool:
    """Whether the record is a measurement of what was documented: the one rule for verdicts.

    It takes the real CIFAR-100, the full tier with nothing capped, and, where there is a
    pretrained backbone, ImageNet weights in it.
    """
    return (
        record.dataset.name == REAL_DATASET
        and record.tier.name == "full"
        and all(value is None for value in record.tier.parameters.values())
        and (record.weights is None or record.weights.kind == "imagenet")
    )


def judge(
    documented: Documented, measured: Sequence[float], n_images: int, level: float = LEVEL
) -> Judgement:
    """Compare a documented number with what was measured.

    **Accuracies.** The documented number is one run's, on `n_images` images, and rounded. It is
    reproduced when it lies within the prediction interval of a new run, whose half-width is

        √( (t(s−1)·sd·√(1 + 1/s))² + (z·√(p(1−p)/n))² ) + step/2

    with sd over s seeds and p the documented number. The second term grants that the number speaks
    of the recipe and not of these images; as both sides were in truth scored on the same
    images, the interval is wider than it must be: a «not reproduced» is to be taken seriously.
    Scaling each part by its own quantile keeps at least the nominal level (Banerji 1960, «On
    Confidence Interval for Two-Means Problem…», Sankhyā 22). With fewer than 3 seeds the two
    numbers are compared as independent binomial shares: z·√(p(1−p)/n + m(1−m)/n) + step/2, about
    1.4 points at n = 10,000.

    **Losses**, where lower is better, have the seeds' part and step/2 only: how a loss varies from
    image to image was not documented. With fewer than 3 seeds nothing is left to compare
    with, and the verdict is `UNDECIDED`.

    **Parameter counts** must be equal. **Epochs** must lie within the range of the seeds: under
    early stopping they vary, otherwise the range is one number.

    Args:
        documented: the published number.
        measured: one value a seed, in the same unit.
        n_images: images that an accuracy was measured on.
        level: of the prediction interval.

    Raises:
        ValueError: nothing was measured, or `n_images` < 1.
    """
    if not measured:
        raise ValueError(f"nothing measured for {documented.quantity}")
    if n_images < 1:
        raise ValueError(f"{documented.quantity} on {n_images} images")
    kind = kind_of(documented.quantity)
    if kind in ("count", "epochs"):
        seen = Interval(min(measured), max(measured))
        same = seen.low == documented.value == seen.high
        inside = kind == "epochs" and seen.low <= documented.value <= seen.high
        verdict = Verdict.REPRODUCED if same or inside else Verdict.NOT_REPRODUCED
        return Judgement(verdict, seen)
    half = _half_width(documented, measured, n_images, level)
    if half is None:
        return Judgement(Verdict.UNDECIDED, None)
    centre = mean(measured)
    expected = Interval(centre - half, centre + half)
    if expected.low <= documented.value <= expected.high:
        return Judgement(Verdict.REPRODUCED, expected)
    better = centre > documented.value if kind == "accuracy" else centre < documented.value
    return Judgement(Verdict.EXCEEDED if better else Verdict.NOT_REPRODUCED, expected)


def kind_of(quantity: Quantity) -> Kind:
    """Which of `judge`'s rules holds for a quantity."""
    if quantity == "epochs":
        return "epochs"
    if quantity.endswith("_accuracy"):
        return "accuracy"
    return "loss" if quantity.endswith("_loss") else "count"


def measured_value(quantity: Quantity, record: RunRecord) -> float | None:
    """What a record says of a quantity; `None` where the run had no validation part.

    Train accuracy and loss are the running means over the training batches of the epoch whose
    weights were kept, as Keras prints them, with dropout at work: the report's numbers agree with
    these, and not with the network scored after training (basic CNN, three seeds: 0.49 to 0.50
    and 1.88 to 1.91 while fitting, 0.51 to 0.55 and 1.68 to 1.88 after; documented 0.50 and 1.86).
    A forest has only the latter.
    """
    if quantity == "epochs":
        return len(record.history)
    if kind_of(quantity) == "count":
        return float(getattr(record.model, quantity))
    part, _, name = quantity.partition("_")
    if part == "train" and record.kept_epoch is not None:
        return float(getattr(record.kept_epoch, name))
    scores = getattr(record, part)
    return None if scores is None else float(getattr(scores, name))


def images_measured(quantity: Quantity, record: RunRecord) -> int:
    """How many images a quantity was measured on; 1 for those that need none."""
    scores = getattr(record, quantity.partition("_")[0], None)
    return scores.images if kind_of(quantity) in ("accuracy", "loss") and scores else 1


def judge_gap(
    above: Documented,
    below: Documented,
    measured: Sequence[float],
    n_images: tuple[int, int],
    level: float = LEVEL,
) -> Judgement:
    """Compare the gap between two documented accuracies with the gap that was measured.

    The rule is that of an accuracy, with the sum of both sampling variances and of both roundings.
    A gap is neither better nor worse than another one, so there is no `EXCEEDED`.

    Args:
        above: the accuracy that the other is taken from.
        below: the other.
        measured: one difference a seed.
        n_images: images that each was measured on.
        level: of the prediction interval.
    """
    variance = sum(
        documented.value * (1 - documented.value) / images
        for documented, images in zip((above, below), n_images, strict=True)
    )
    if len(measured) < MIN_SEEDS:
        variance *= 2
    half = (
        math.hypot(_seeds_part(measured, level), normal_quantile(level) * math.sqrt(variance))
        + (above.step + below.step) / 2
    )
    expected = Interval(mean(measured) - half, mean(measured) + half)
    inside = expected.low <= above.value - below.value <= expected.high
    return Judgement(Verdict.REPRODUCED if inside else Verdict.NOT_REPRODUCED, expected)


def _half_width(
    documented: Documented, measured: Sequence[float], n_images: int, level: float
) -> float | None:
    enough = len(measured) >= MIN_SEEDS
    loss = kind_of(documented.quantity) == "loss"
    if loss and not enough:
        return None
    sampling = 0.0
    if not loss:
        shares = [documented.value] if enough else [documented.value, mean(measured)]
        variance = sum(share * (1 - share) for share in shares) / n_images
        sampling = normal_quantile(level) * math.sqrt(variance)
    return math.hypot(_seeds_part(measured, level), sampling) + documented.step / 2


def _seeds_part(measured: Sequence[float], level: float) -> float:
    """How far a new seed may lie from the mean of these; 0 where they are too few to tell."""
    if len(measured) < MIN_SEEDS:
        return 0.0
    deviation = standard_deviation(measured) or 0.0
    return t_quantile(len(measured) - 1, level) * deviation * math.sqrt(1 + 1 / len(measured))
