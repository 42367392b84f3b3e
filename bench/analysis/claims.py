"""From claims and evidence to verdicts, and the counts that a headline gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bench.analysis.claim_verdicts import ClaimVerdict, Finding, undecided
from bench.analysis.claims_classes import (
    check_alternatives,
    check_confused,
    check_dataset,
    check_diagonal,
    check_nothing,
    check_table,
)
from bench.analysis.claims_curves import (
    check_gap_shrinks,
    check_good_fit,
    check_improves,
    check_overfits,
    check_stabilises,
    check_stops_early,
)
from bench.analysis.claims_numbers import (
    check_difference,
    check_gap,
    check_number,
    check_order,
)
from bench.analysis.evidence import Evidence
from bench.analysis.joint import JointTest, joint_test, standing
from bench.analysis.verdicts import Verdict
from bench.approaches.claims import (
    READINGS,
    Claim,
    ClaimSet,
    Confused,
    DatasetCounts,
    Difference,
    Gap,
    GapShrinks,
    GoodFit,
    ImprovesEachEpoch,
    NoAlternatives,
    NotCheckable,
    Number,
    OnlyDiagonal,
    Order,
    Overfits,
    Reading,
    Stabilises,
    StopsEarly,
    TopOfTable,
)
from bench.errors import BenchError

Rule = Callable[[Any, Claim, Evidence, Reading], Finding]

# Which rule holds for which statement. A package that brings a statement of its own hands
# `evaluate` a mapping with its rule added.
RULES: Mapping[type, Rule] = {
    Number: check_number,
    Gap: check_gap,
    Difference: check_difference,
    Order: check_order,
    Overfits: check_overfits,
    GoodFit: check_good_fit,
    GapShrinks: check_gap_shrinks,
    Stabilises: check_stabilises,
    ImprovesEachEpoch: check_improves,
    StopsEarly: check_stops_early,
    OnlyDiagonal: check_diagonal,
    NoAlternatives: check_alternatives,
    Confused: check_confused,
    DatasetCounts: check_dataset,
    TopOfTable: check_table,
    NotCheckable: check_nothing,
}


def evaluate(claim: Claim, evidence: Evidence, rules: Mapping[type, Rule] = RULES) -> ClaimVerdict:
    """The verdict on one claim, and what the other readings would have said.

    Readings that leave the evidence as it is, or have none, are not repeated.

    Raises:
        BenchError: there is no rule for what the claim says.
    """
    rule = rules.get(type(claim.says))
    if rule is None:
        kind = type(claim.says).__name__
        raise BenchError(f"claim {claim.name}: no rule for a {kind}; give evaluate() one")
    finding = rule(claim.says, claim, evidence, claim.reading)
    others: list[tuple[Reading, Finding]] = []
    for reading in READINGS:
        other = rule(claim.says, claim, evidence, reading)
        known = [finding.facts, undecided().facts, *(found.facts for _, found in others)]
        if reading != claim.reading and other.facts not in known:
            others.append((reading, other))
    return ClaimVerdict(claim, finding, tuple(others))


def evaluate_all(
    claims: ClaimSet, evidence: Evidence, rules: Mapping[type, Rule] = RULES
) -> tuple[ClaimVerdict, ...]:
    """The verdict on each claim of a set, in its order.

    Raises:
        BenchError: there is no rule for what a claim says.
    """
    return tuple(evaluate(claim, evidence, rules) for claim in claims.claims)


def headline(verdicts: Iterable[ClaimVerdict]) -> dict[Verdict, int]:
    """How many informative claims have each verdict, in the order of `Verdict`; zeros too.

    Parameter counts and epochs that a recipe sets could not have come out otherwise, and are left
    out.
    """
    counts = Counter(found.verdict for found in verdicts if found.claim.informative)
    return {verdict: counts[verdict] for verdict in Verdict}


def joint_picture(claims: ClaimSet, evidence: Evidence) -> JointTest | None:
    """The joint test of the documented numbers that the set names; `None` where one is missing."""
    standings = []
    for term in claims.joint:
        claim = next(
            (
                claim
                for claim in claims.claims
                if isinstance(claim.says, Number)
                and claim.says.approach == term.approach
                and claim.says.documented.quantity == term.quantity
            ),
            None,
        )
        facts = evidence.approaches.get(term.approach)
        if claim is None or facts is None or not isinstance(claim.says, Number):
            return None
        values = facts.of(term.quantity, claim.reading)
        if not values:
            return None
        documented = claim.says.documented
        standings.append(standing(documented.value, values, documented.step))
    return joint_test(standings) if standings else None
