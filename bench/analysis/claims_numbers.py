"""The rules for claims that give a number, a difference or an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.analysis.bands import Band, accuracy_variance, spread_of
from bench.analysis.claim_verdicts import Fact, Finding, Unit, above, undecided
from bench.analysis.evidence import ApproachFacts, Evidence
from bench.analysis.quantities import Kind
from bench.analysis.statistics import mean
from bench.analysis.verdicts import (
    MIN_SEEDS,
    TOLERANCES,
    Reason,
    judge,
    judge_band,
    kind_of,
)
from bench.approaches.claims import (
    Claim,
    Difference,
    Gap,
    Number,
    Order,
    Quantity,
    Reading,
    Term,
)

_Side = tuple[ApproachFacts, tuple[float, ...]]
_ACCURACY = TOLERANCES[Kind.ACCURACY]
_UNITS: Mapping[Kind, Unit] = {
    Kind.ACCURACY: "accuracy",
    Kind.LOSS: "loss",
    Kind.COUNT: "count",
    Kind.EPOCHS: "epochs",
}


def check_number(says: Number, claim: Claim, evidence: Evidence, reading: Reading) -> Finding:
    """By `bench.analysis.verdicts.judge`."""
    documented = says.documented
    facts = evidence.approaches.get(says.approach)
    values = facts.of(documented.quantity, reading) if facts else ()
    if facts is None or not values:
        return undecided()
    kind = kind_of(documented.quantity)
    images = facts.images_of(documented.quantity)
    if kind is Kind.ACCURACY and not images:
        return undecided()
    judgement = judge(
        documented, values, images or 1, fitted=facts.fitted and documented.informative
    )
    return Finding(
        judgement,
        (Fact(documented.quantity.replace("_", " "), values, _UNITS[kind]),),
        documented.value,
        _UNITS[kind],
    )


def check_gap(says: Gap, claim: Claim, evidence: Evidence, reading: Reading) -> Finding:
    """The band of a new run's difference, one difference per seed."""
    facts = evidence.approaches.get(says.approach)
    if facts is None:
        return undecided()
    upper, lower = facts.of(says.above, reading), facts.of(says.below, reading)
    images = (facts.images_of(says.above), facts.images_of(says.below))
    if not upper or not lower or not all(images):
        return undecided()
    if len(upper) < MIN_SEEDS:
        return undecided(Reason.FEW_SEEDS)
    gaps = [a - b for a, b in zip(upper, lower, strict=True)]
    band = Band(
        (spread_of(gaps),),
        sampling=sum(
            accuracy_variance(mean(values), n)
            for values, n in zip((upper, lower), images, strict=True)
        ),
        rounding=says.step / 2,
    )
    judgement = judge_band(
        says.value, mean(gaps), band, tolerance=_tolerance(claim), fitted=facts.fitted
    )
    return Finding(judgement, (_fact("difference", gaps, "points"),), says.value, "points")


def check_difference(
    says: Difference, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """The band of the difference of two new runs, one of each approach."""
    pair = _pair(says.above, says.below, evidence, reading)
    if isinstance(pair, Finding):
        return pair
    (one, ours), (other, theirs) = pair
    band = Band(
        (spread_of(ours), spread_of(theirs)),
        sampling=_sampling(says.above, one, ours) + _sampling(says.below, other, theirs),
        rounding=says.step / 2,
    )
    judgement = judge_band(
        says.value,
        mean(ours) - mean(theirs),
        band,
        tolerance=_tolerance(claim),
        fitted=one.fitted or other.fitted,
    )
    return Finding(judgement, _both(says.above, ours, says.below, theirs), says.value, "points")


def check_order(says: Order, claim: Claim, evidence: Evidence, reading: Reading) -> Finding:
    """Whether the difference of the two means is above 0 (see `claim_verdicts.above`).

    The draw of the images counts in full for both sides, although they were scored on the same
    images: an order is claimed with care.
    """
    pair = _pair(says.better, says.worse, evidence, reading)
    if isinstance(pair, Finding):
        return pair
    (one, ours), (other, theirs) = pair
    band = Band(
        (spread_of(ours, new_run=False), spread_of(theirs, new_run=False)),
        sampling=_sampling(says.better, one, ours) + _sampling(says.worse, other, theirs),
    )
    return above(
        mean(ours) - mean(theirs),
        band,
        _both(says.better, ours, says.worse, theirs),
        tolerance=_tolerance(claim),
    )


def _pair(
    first: Term, second: Term, evidence: Evidence, reading: Reading
) -> (
    tuple[tuple[ApproachFacts, tuple[float, ...]], tuple[ApproachFacts, tuple[float, ...]]]
    | Finding
):
    found = []
    for term in (first, second):
        facts = evidence.approaches.get(term.approach)
        values = facts.of(term.quantity, reading) if facts else ()
        if facts is None or not values or not facts.images_of(term.quantity):
            return undecided()
        found.append((facts, values))
    if any(len(values) < MIN_SEEDS for _, values in found):
        return undecided(Reason.FEW_SEEDS)
    return found[0], found[1]


def _sampling(term: Term, facts: ApproachFacts, values: Sequence[float]) -> float:
    return accuracy_variance(mean(values), facts.images_of(term.quantity))


def _both(
    first: Term, ours: Sequence[float], second: Term, theirs: Sequence[float]
) -> tuple[Fact, ...]:
    return (
        Fact("difference of the means", (mean(ours) - mean(theirs),), "points"),
        _fact(_label(first.approach, first.quantity), ours, "accuracy"),
        _fact(_label(second.approach, second.quantity), theirs, "accuracy"),
    )


def _label(approach: str, quantity: Quantity) -> str:
    return f"{approach}, {quantity.replace('_', ' ')}"


def _fact(label: str, values: Sequence[float], unit: Unit) -> Fact:
    return Fact(label, tuple(values), unit)


def _tolerance(claim: Claim) -> float:
    return _ACCURACY if claim.tolerance is None else claim.tolerance
