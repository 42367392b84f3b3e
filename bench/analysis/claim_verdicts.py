"""What a rule for claims answers, and the answers that several rules share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bench.analysis.bands import Band
from bench.analysis.resolution import resolution, seeds_until_resolution
from bench.analysis.statistics import Interval
from bench.analysis.verdicts import MIN_SEEDS, Judgement, Reason, Verdict
from bench.approaches.claims import Claim, Reading

# accuracy and points are fractions; "points" marks a difference of two accuracies.
Unit = Literal["accuracy", "points", "loss", "count", "epochs", "probability"]


@dataclass(frozen=True)
class Fact:
    """One thing that was seen.

    Attributes:
        label: what it is, in a few words.
        values: one per seed, or one alone.
        unit: of the values.
    """

    label: str
    values: tuple[float, ...]
    unit: Unit


@dataclass(frozen=True)
class Finding:
    """The answer of one rule under one reading.

    Attributes:
        judgement: the verdict and its ground.
        facts: the evidence, the most telling first.
        documented: the value that the claim gives; `None` where it gives none.
        unit: of `documented`, of the judgement's interval and of its resolution.
    """

    judgement: Judgement
    facts: tuple[Fact, ...] = ()
    documented: float | None = None
    unit: Unit = "accuracy"


@dataclass(frozen=True)
class ClaimVerdict:
    """A claim and what became of it.

    Attributes:
        claim: as it stands in its set.
        finding: under the reading that carries the verdict.
        others: under the other readings, where those give a finding of their own.
    """

    claim: Claim
    finding: Finding
    others: tuple[tuple[Reading, Finding], ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """The verdict of the reading that carries it."""
        return self.finding.judgement.verdict


def undecided(reason: Reason = Reason.NOT_MEASURED) -> Finding:
    """The answer where nothing, or too little, was measured."""
    return Finding(Judgement(Verdict.UNDECIDED, reason=reason))


def above(
    margin: float, band: Band, facts: Sequence[Fact], *, tolerance: float, unit: Unit = "points"
) -> Finding:
    """Whether something is above 0, given its mean and the band of that mean.

    It is if the whole interval is, and is not if the whole interval is below. Between the two the
    measurement is inconclusive, and more seeds are called for if with them a margin of
    `tolerance` would be noticed. A claim that is true is called wrong in at most half of
    1 − level of all cases, and a false one right likewise.
    """
    half = band.half_width
    interval = Interval(margin - half, margin + half)
    if interval.low > 0:
        verdict, reason, seeds = Verdict.REPRODUCED, Reason.NONE, None
    elif interval.high < 0:
        verdict, reason, seeds = Verdict.NOT_REPRODUCED, Reason.NONE, None
    else:
        verdict = Verdict.INCONCLUSIVE
        reason, seeds = _what_is_missing(band, tolerance)
    return Finding(
        Judgement(verdict, interval, resolution(band), reason, seeds), tuple(facts), unit=unit
    )


def within(
    value: float, band: Band, limit: float, facts: Sequence[Fact], *, unit: Unit = "points"
) -> Finding:
    """Whether something lies within ±limit, given its mean and the band of that mean.

    It does if the whole interval does (the two one-sided tests of Schuirmann 1987, "A Comparison
    of the Two One-Sided Tests Procedure and the Power Approach…"), and does not if the whole
    interval lies outside.
    """
    half = band.half_width
    interval = Interval(value - half, value + half)
    if -limit <= interval.low and interval.high <= limit:
        verdict, reason, seeds = Verdict.REPRODUCED, Reason.NONE, None
    elif interval.low > limit or interval.high < -limit:
        verdict, reason, seeds = Verdict.NOT_REPRODUCED, Reason.NONE, None
    else:
        verdict = Verdict.INCONCLUSIVE
        reason, seeds = _what_is_missing(band, limit)
    return Finding(
        Judgement(verdict, interval, resolution(band), reason, seeds), tuple(facts), unit=unit
    )


def every_seed(against: Sequence[float], facts: Sequence[Fact], *, unit: Unit = "count") -> Finding:
    """Whether nothing speaks against a claim in any seed.

    What is counted is seen, not estimated, so there is no interval: the claim holds if no seed
    has anything against it, does not if every seed has, and else is inconclusive.

    Args:
        against: of each seed, how many things speak against the claim.
        facts: the evidence.
        unit: of what is counted.
    """
    if len(against) < MIN_SEEDS:
        return undecided(Reason.FEW_SEEDS if against else Reason.NOT_MEASURED)
    if not any(against):
        judgement = Judgement(Verdict.REPRODUCED)
    elif all(against):
        judgement = Judgement(Verdict.NOT_REPRODUCED)
    else:
        judgement = Judgement(Verdict.INCONCLUSIVE, reason=Reason.SEEDS_DISAGREE)
    return Finding(judgement, tuple(facts), unit=unit)


def _what_is_missing(band: Band, tolerance: float) -> tuple[Reason, int | None]:
    if resolution(band) <= tolerance:
        return Reason.TOO_CLOSE, None
    seeds = seeds_until_resolution(band, tolerance)
    return (Reason.OWN_SPREAD, None) if seeds is None else (Reason.MORE_SEEDS, seeds)
