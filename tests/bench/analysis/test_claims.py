"""Sets of claims: every statement has a rule, the headline counts, and the joint picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pytest

from bench.analysis.claim_verdicts import Finding
from bench.analysis.claims import RULES, evaluate, evaluate_all, headline, joint_picture
from bench.analysis.evidence import Evidence
from bench.analysis.verdicts import Judgement, Verdict
from bench.approaches.claims import (
    Claim,
    ClaimSet,
    Documented,
    NotCheckable,
    Number,
    Statement,
    Term,
)
from bench.approaches.student_report import STUDENT_REPORT
from bench.errors import BenchError
from tests.support.claim_factories import around, facts


def number(approach: str, value: float, informative: bool = True) -> Claim:
    documented = Documented("test_accuracy", value, 0.001, "1")
    return Claim(approach, "1", "words", Number(approach, documented), informative=informative)


CLAIMS = ClaimSet(
    "made-up",
    "Made up",
    "nowhere",
    (
        number("one", 0.44),
        number("two", 0.60),
        number("three", 0.44, informative=False),
        Claim("taste", "1", "words", NotCheckable("Taste.")),
    ),
    ("one", "two", "three"),
    joint=(Term("one"), Term("two")),
)
EVIDENCE = Evidence({name: facts(test_accuracy=around(0.43, 0.004)) for name in CLAIMS.approaches})


def test_every_statement_has_a_rule():
    assert set(RULES) == set(get_args(Statement))


def test_the_headline_counts_informative_claims_alone():
    counts = headline(evaluate_all(CLAIMS, EVIDENCE))
    assert counts == {
        **dict.fromkeys(Verdict, 0),
        Verdict.REPRODUCED: 1,
        Verdict.NOT_REPRODUCED: 1,
        Verdict.NOT_CHECKABLE: 1,
    }


def test_the_joint_picture_is_of_the_numbers_that_the_set_names():
    found = joint_picture(CLAIMS, EVIDENCE)
    assert [standing.above_all for standing in found.standings] == [True, True]
    # Both above all five seeds, either side: 2 / 6².
    assert found.p_value == pytest.approx(2 / 36)


def test_a_missing_approach_leaves_no_joint_picture():
    assert joint_picture(CLAIMS, Evidence({"one": EVIDENCE.approaches["one"]})) is None


def test_another_report_may_bring_a_statement_of_its_own():
    @dataclass(frozen=True)
    class Haiku:
        lines: int

    poem = Claim("poem", "1", "words", Haiku(3))  # type: ignore[arg-type]
    with pytest.raises(BenchError, match="claim poem: no rule for a Haiku"):
        evaluate(poem, Evidence())
    rules = {**RULES, Haiku: lambda *_: Finding(Judgement(Verdict.REPRODUCED))}
    assert evaluate(poem, Evidence(), rules).verdict is Verdict.REPRODUCED


def test_without_evidence_nothing_of_the_report_is_decided():
    verdicts = {found.verdict for found in evaluate_all(STUDENT_REPORT, Evidence())}
    assert verdicts == {Verdict.UNDECIDED, Verdict.NOT_CHECKABLE}
