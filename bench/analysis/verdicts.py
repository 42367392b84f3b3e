"""Does a documented number hold? One rule for each kind of number, and for who may be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.analysis.bands import (
    WHOLE_NUMBER_VARIANCE,
    Band,
    accuracy_variance,
    spread_of,
)
from bench.analysis.predictive import probability_of_reaching
from bench.analysis.quantities import MEASURES, Kind
from bench.analysis.resolution import resolution, seeds_until_narrow
from bench.analysis.statistics import LEVEL, Interval, mean
from bench.approaches.claim_sets import dataset_of_report
from bench.approaches.claims import Documented, Quantity
from bench.records.record import RunRecord

# Below this many seeds their spread is not known well enough to be used: with two, t is 12.7.
MIN_SEEDS = 3

# How far a documented number may be off before it matters, unless its claim says otherwise:
# 5 points of accuracy, a quarter of a nat, five epochs.
TOLERANCES: Mapping[Kind, float] = {
    Kind.ACCURACY: 0.05,
    Kind.LOSS: 0.25,
    Kind.COUNT: 0.0,
    Kind.EPOCHS: 5.0,
}


class Verdict(StrEnum):
    """What the measurement says of a claim."""

    REPRODUCED = "reproduced"
    EXCEEDED = "exceeded"
    NOT_REPRODUCED = "not reproduced"
    INCONCLUSIVE = "inconclusive"
    FITTED = "fitted"
    UNDECIDED = "undecided"
    NOT_CHECKABLE = "not checkable"


class Reason(StrEnum):
    """Why a verdict is none of the plain ones."""

    NONE = ""
    MORE_SEEDS = "more seeds would narrow the band to the tolerance"
    OWN_SPREAD = "the recipe's own runs differ too much for any number of seeds"
    FEW_SEEDS = "fewer than three seeds"
    CHOSEN_BY_THE_NUMBER = "the recipe was chosen by looking at the number: fitted, not tested"
    NOT_MEASURED = "nothing was measured"
    TOO_CLOSE = "what was measured is too close to the limit to call"
    SEEDS_DISAGREE = "it holds in some seeds and not in others"
    SOME_OF_SEVERAL = "it holds in some of several places"
    NOT_CHECKABLE = "no measurement could decide it"


@dataclass(frozen=True)
class Judgement:
    """A verdict and its ground.

    Attributes:
        verdict: the answer.
        expected: documented numbers in here agree with what was measured; `None` where undecided.
        resolution: the smallest true difference that would have been called "not reproduced" with
            80 % power; 0 for what is counted exactly, `None` where undecided.
        reason: of a verdict that is neither reproduced, exceeded nor not reproduced.
        seeds_needed: where more seeds would narrow the band, how many it takes.
        probability: that a new run is at least as good as the documented number; `None` where the
            seeds are too few, and for what is not better or worse.
    """

    verdict: Verdict
    expected: Interval | None = None
    resolution: float | None = None
    reason: Reason = Reason.NONE
    seeds_needed: int | None = None
    probability: float | None = None


def can_be_judged(record: RunRecord) -> bool:
    """Whether the record is a measurement of what was documented: the one rule for verdicts.

    It takes the data set that the report speaks of, the full tier with nothing capped, where there
    is a pretrained backbone ImageNet weights in it, a protocol that was committed before the run,
    and code without uncommitted changes.
    """
    return (
        record.protocol is not None
        and record.verdict_refusal is None
        and record.dataset.name == dataset_of_report(record.approach)
        and record.tier.name == "full"
        and all(value is None for value in record.tier.parameters.values())
        and (record.weights is None or record.weights.kind == "imagenet")
    )


def judge(
    documented: Documented,
    measured: Sequence[float],
    n_images: int,
    level: float = LEVEL,
    *,
    fitted: bool = False,
) -> Judgement:
    """Compare a documented number with what was measured.

    **Accuracies.** The documented number is one run's, on `n_images` images, and rounded. It
    agrees when it lies within the prediction interval of a new run (`bench.analysis.bands.Band`,
    with the draw of the images at the documented accuracy). That draw grants that the number
    speaks of the recipe and not of these images; as both sides were in truth scored on the same
    images, the interval is wider than it must be: a "not reproduced" is to be taken seriously.

    **Losses**, where lower is better, have the seeds' part and the rounding only: how a loss
    varies from image to image was not documented.

    **Epochs** under early stopping likewise, and what rounding to whole epochs hides is added to
    their variance. A range of the seeds would be wrong about a new run too often: 2 in s + 1.

    **Counts**, and epochs that the recipe sets, must be equal; one seed is enough for them.

    Outside the band the number is exceeded or not reproduced, however wide the band is. Within
    it, the number is reproduced only if the half-width is within the claim's tolerance; otherwise
    the measurement is inconclusive. With fewer than three seeds nothing is decided: the images
    alone say nothing of what another seed would give.

    Args:
        documented: the published number.
        measured: one value per seed, in the same unit.
        n_images: images that an accuracy was measured on.
        level: of the prediction interval.
        fitted: whether the recipe was chosen by looking at this number. Then it can't be
            reproduced, only missed.

    Raises:
        ValueError: nothing was measured, or `n_images` < 1.
    """
    if not measured:
        raise ValueError(f"nothing measured for {documented.quantity}")
    if n_images < 1:
        raise ValueError(f"{documented.quantity} on {n_images} images")
    kind = kind_of(documented.quantity)
    if kind is Kind.COUNT or (kind is Kind.EPOCHS and not documented.informative):
        seen = Interval(min(measured), max(measured))
        same = seen.low == documented.value == seen.high
        return Judgement(Verdict.REPRODUCED if same else Verdict.NOT_REPRODUCED, seen, 0.0)
    if len(measured) < MIN_SEEDS:
        return Judgement(Verdict.UNDECIDED, reason=Reason.FEW_SEEDS)
    hidden = WHOLE_NUMBER_VARIANCE if kind is Kind.EPOCHS else 0.0
    images = n_images if kind is Kind.ACCURACY else None
    band = Band(
        spreads=(spread_of(measured, hidden_variance=hidden),),
        sampling=accuracy_variance(documented.value, images) if images else 0.0,
        rounding=documented.step / 2,
        level=level,
    )
    return judge_band(
        documented.value,
        mean(measured),
        band,
        tolerance=TOLERANCES[kind] if documented.tolerance is None else documented.tolerance,
        better={Kind.ACCURACY: 1, Kind.LOSS: -1}.get(kind, 0),
        fitted=fitted,
        probability=None
        if kind is Kind.EPOCHS
        else probability_of_reaching(
            documented.value,
            measured,
            step=documented.step,
            images=images,
            higher_is_better=kind is Kind.ACCURACY,
        ),
    )


def judge_band(
    documented: float,
    measured: float,
    band: Band,
    *,
    tolerance: float,
    better: int = 0,
    fitted: bool = False,
    probability: float | None = None,
) -> Judgement:
    """The verdict on a documented value, given the band around the measured one.

    Args:
        documented: as published.
        measured: the mean over seeds, in the same unit.
        band: of three seeds or more for each approach in it.
        tolerance: the half-width up to which agreement counts as "reproduced".
        better: 1 where more is better, -1 where less is, 0 where neither is: then nothing can be
            exceeded.
        fitted: as in `judge`.
        probability: handed on.
    """
    half = band.half_width
    expected = Interval(measured - half, measured + half)
    verdict, reason, seeds = Verdict.REPRODUCED, Reason.NONE, None
    if not expected.low <= documented <= expected.high:
        exceeds = (measured - documented) * better > 0
        verdict = Verdict.EXCEEDED if exceeds else Verdict.NOT_REPRODUCED
    elif half > tolerance:
        seeds = seeds_until_narrow(band, tolerance)
        verdict = Verdict.INCONCLUSIVE
        reason = Reason.OWN_SPREAD if seeds is None else Reason.MORE_SEEDS
    if fitted and verdict is not Verdict.NOT_REPRODUCED:
        verdict, reason, seeds = Verdict.FITTED, Reason.CHOSEN_BY_THE_NUMBER, None
    return Judgement(verdict, expected, resolution(band), reason, seeds, probability)


def kind_of(quantity: Quantity) -> Kind:
    """Which of `judge`'s rules holds for a quantity."""
    return MEASURES[quantity].kind


def measured_value(quantity: Quantity, record: RunRecord) -> float | None:
    """What a record says of a quantity; `None` where the run had no validation split.

    Train accuracy and loss are the running means over the training batches of the epoch whose
    weights were kept, as Keras prints them, with dropout at work: the report's numbers agree with
    these, and not with the network scored after training (basic CNN, three seeds: 0.49 to 0.50
    and 1.88 to 1.91 while fitting, 0.51 to 0.55 and 1.68 to 1.88 after; documented 0.50 and 1.86).
    A forest has only the latter.
    """
    measure = MEASURES[quantity]
    if measure.kind is Kind.EPOCHS:
        return len(record.history)
    source: object = record.model
    if measure.split == "train" and record.kept_epoch is not None:
        source = record.kept_epoch
    elif measure.split:
        source = getattr(record, measure.split)
    value = None if source is None else getattr(source, measure.field)
    return None if value is None else float(value)


def images_measured(quantity: Quantity, record: RunRecord) -> int:
    """How many images a quantity was measured on; 1 for those that need none."""
    split = MEASURES[quantity].split
    scores = getattr(record, split) if split else None
    return scores.images if scores else 1
