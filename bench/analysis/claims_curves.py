"""The rules for claims on how a training went: its fit and its learning curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.analysis.bands import Band, accuracy_variance, spread_of
from bench.analysis.claim_verdicts import (
    Fact,
    Finding,
    above,
    every_seed,
    undecided,
    within,
)
from bench.analysis.evidence import ApproachFacts, Evidence
from bench.analysis.quantities import Kind
from bench.analysis.statistics import mean
from bench.analysis.verdicts import MIN_SEEDS, TOLERANCES, Reason, Verdict
from bench.approaches.claims import (
    Claim,
    GapShrinks,
    GoodFit,
    ImprovesEachEpoch,
    Overfits,
    Reading,
    Stabilises,
    StopsEarly,
)


def check_overfits(says: Overfits, claim: Claim, evidence: Evidence, reading: Reading) -> Finding:
    """Whether the mean gap is above `by`."""
    found = _gap(evidence.approaches.get(says.approach), reading)
    if isinstance(found, Finding):
        return found
    gaps, sampling = found
    band = Band((spread_of(gaps, new_run=False),), sampling)
    return above(mean(gaps) - says.by, band, (_gap_fact(gaps),), tolerance=says.by)


def check_good_fit(says: GoodFit, claim: Claim, evidence: Evidence, reading: Reading) -> Finding:
    """Whether the mean gap is within `within` either way."""
    found = _gap(evidence.approaches.get(says.approach), reading)
    if isinstance(found, Finding):
        return found
    gaps, sampling = found
    band = Band((spread_of(gaps, new_run=False),), sampling)
    return within(mean(gaps), band, says.within, (_gap_fact(gaps),))


def check_gap_shrinks(
    says: GapShrinks, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """Whether the other approach's mean gap is above this one's."""
    ours = _gap(evidence.approaches.get(says.approach), reading)
    theirs = _gap(evidence.approaches.get(says.than), reading)
    if isinstance(ours, Finding):
        return ours
    if isinstance(theirs, Finding):
        return theirs
    band = Band(
        (spread_of(theirs[0], new_run=False), spread_of(ours[0], new_run=False)),
        ours[1] + theirs[1],
    )
    margin = abs(mean(theirs[0])) - abs(mean(ours[0]))
    facts = (
        Fact("how much less the gap is", (margin,), "points"),
        Fact(f"gap of {says.than}", theirs[0], "points"),
        Fact(f"gap of {says.approach}", ours[0], "points"),
    )
    return above(margin, band, facts, tolerance=TOLERANCES[Kind.ACCURACY])


def check_stabilises(
    says: Stabilises, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """Level and drift of validation accuracy over the second half of the epochs.

    The drift is the slope of the least-squares line times the epochs of the half. Both the mean
    level's distance from the claimed one and the drift must be within `within`.
    """
    facts = evidence.approaches.get(says.approach)
    curves = [curve.validation_accuracy for curve in facts.curves] if facts else []
    if not curves or min(map(len, curves)) < 4:
        return undecided()
    if len(curves) < MIN_SEEDS:
        return undecided(Reason.FEW_SEEDS)
    halves = [np.array(curve[len(curve) // 2 :]) for curve in curves]
    levels = tuple(float(half.mean()) for half in halves)
    drifts = tuple(
        float(np.polyfit(np.arange(len(half)), half, 1)[0]) * (len(half) - 1) for half in halves
    )
    seen = (
        Fact("level over the second half", levels, "accuracy"),
        Fact("drift over the second half", drifts, "points"),
    )
    parts = [
        within(
            mean(values) - target,
            Band((spread_of(values, new_run=False),)),
            says.within,
            seen,
        )
        for values, target in ((levels, says.level), (drifts, 0.0))
    ]
    order = (Verdict.NOT_REPRODUCED, Verdict.INCONCLUSIVE, Verdict.REPRODUCED)
    worst = min(parts, key=lambda part: order.index(part.judgement.verdict))
    # The interval is of a distance from the level, and would be misread beside the level.
    return Finding(replace(worst.judgement, expected=None), seen, says.level)


def check_improves(
    says: ImprovesEachEpoch, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """No epoch of any seed is worse than the one before it."""
    facts = evidence.approaches.get(says.approach)
    if facts is None or not facts.curves:
        return undecided()
    sign = -1 if says.quantity == "train_loss" else 1
    steps = [sign * np.diff(getattr(curve, says.quantity)) for curve in facts.curves]
    worse = tuple(float((step <= 0).sum()) for step in steps)
    epochs = tuple(float(len(step) + 1) for step in steps)
    return every_seed(
        worse,
        (
            Fact("epochs no better than the one before", worse, "count"),
            Fact("epochs", epochs, "epochs"),
        ),
    )


def check_stops_early(
    says: StopsEarly, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """No seed trains for all epochs that it may."""
    facts = evidence.approaches.get(says.approach)
    epochs = facts.of("epochs", reading) if facts else ()
    full = tuple(float(count >= says.of) for count in epochs)
    return every_seed(full, (Fact("epochs", epochs, "epochs"),), unit="epochs")


def _gap(
    facts: ApproachFacts | None, reading: Reading
) -> tuple[tuple[float, ...], float] | Finding:
    """Training minus validation accuracy, one per seed, and its variance from the images."""
    if facts is None:
        return undecided()
    train = facts.of("train_accuracy", reading)
    validation = facts.of("validation_accuracy", reading)
    if not train or not validation or not facts.images_of("validation_accuracy"):
        return undecided()
    if len(train) < MIN_SEEDS:
        return undecided(Reason.FEW_SEEDS)
    gaps = tuple(a - b for a, b in zip(train, validation, strict=True))
    sampling = accuracy_variance(mean(train), facts.images_of("train_accuracy"))
    sampling += accuracy_variance(mean(validation), facts.images_of("validation_accuracy"))
    return gaps, sampling


def _gap_fact(gaps: tuple[float, ...]) -> Fact:
    return Fact("training minus validation accuracy", gaps, "points")
