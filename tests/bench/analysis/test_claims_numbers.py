"""Claims that give a number, a difference or an order: what each verdict takes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bench.analysis.claims import evaluate
from bench.analysis.evidence import ApproachFacts, Evidence
from bench.analysis.verdicts import Reason, Verdict
from bench.approaches.claims import (
    Difference,
    Documented,
    Gap,
    Number,
    Order,
    Reading,
    Term,
)
from tests.support.claim_factories import IMAGES, around, claim, facts

BETTER, WORSE = Term("better"), Term("worse")


def pair(better: list[float], worse: list[float], **fields: bool) -> Evidence:
    return Evidence(
        {
            "better": facts(test_accuracy=better, **fields),
            "worse": facts(test_accuracy=worse),
        }
    )


class TestNumber:
    SAYS = Number("one", Documented("test_accuracy", 0.44, 0.001, "2d"))

    @pytest.mark.parametrize(
        ("centre", "verdict"),
        [
            (0.44, Verdict.REPRODUCED),
            (0.50, Verdict.EXCEEDED),
            (0.38, Verdict.NOT_REPRODUCED),
        ],
    )
    def test_follows_the_seeds(self, centre, verdict):
        evidence = Evidence({"one": facts(test_accuracy=around(centre, 0.004))})
        found = evaluate(claim(self.SAYS), evidence)
        assert found.verdict is verdict
        assert found.finding.facts[0].values == tuple(around(centre, 0.004))
        assert found.finding.documented == 0.44

    def test_a_fitted_approach_is_not_tested(self):
        evidence = Evidence({"one": facts(fitted=True, test_accuracy=around(0.44, 0.004))})
        assert evaluate(claim(self.SAYS), evidence).verdict is Verdict.FITTED

    def test_what_the_recipe_sets_is_not_fitted(self):
        says = Number("one", Documented("parameters", 10, 1, "2d", informative=False))
        evidence = Evidence({"one": facts(fitted=True, parameters=[10.0])})
        assert evaluate(claim(says), evidence).verdict is Verdict.REPRODUCED

    def test_the_claims_reading_carries_the_verdict_and_the_others_are_told(self):
        key = "test_accuracy"
        values = {
            (key, Reading("last", True)): (0.44, 0.441, 0.439),
            (key, Reading("last", False)): (0.44, 0.441, 0.439),
            (key, Reading("best", True)): (0.38, 0.381, 0.379),
            (key, Reading("best", False)): (0.38, 0.381, 0.379),
        }
        evidence = Evidence({"one": ApproachFacts(values, IMAGES)})
        found = evaluate(claim(self.SAYS, reading=Reading("last")), evidence)
        assert found.verdict is Verdict.REPRODUCED
        assert [(reading.weights, other.judgement.verdict) for reading, other in found.others] == [
            ("best", Verdict.NOT_REPRODUCED)
        ]
        turned = evaluate(claim(self.SAYS, reading=Reading("best")), evidence)
        assert turned.verdict is Verdict.NOT_REPRODUCED

    @pytest.mark.parametrize("evidence", [Evidence(), Evidence({"one": facts()})])
    def test_nothing_measured_decides_nothing(self, evidence):
        found = evaluate(claim(self.SAYS), evidence)
        assert found.verdict is Verdict.UNDECIDED
        assert found.finding.judgement.reason is Reason.NOT_MEASURED
        assert found.others == ()


class TestGap:
    SAYS = Gap("one", "test_accuracy", "validation_accuracy", 0.027, 0.001)

    def test_is_of_each_seed(self):
        evidence = Evidence(
            {"one": facts(test_accuracy=[0.40, 0.50, 0.60], validation_accuracy=[0.40, 0.50, 0.60])}
        )
        found = evaluate(claim(self.SAYS), evidence)
        # The seeds differ by tens of points, but never between the two.
        assert found.verdict is Verdict.NOT_REPRODUCED
        assert found.finding.facts[0].values == (0, 0, 0)

    def test_half_width_by_hand(self):
        test = [0.40, 0.41, 0.39]
        evidence = Evidence({"one": facts(test_accuracy=test, validation_accuracy=[0.4] * 3)})
        low, high = evaluate(claim(self.SAYS), evidence).finding.judgement.expected
        seeds = stats.t.ppf(0.975, 2) * 0.01 * math.sqrt(4 / 3)
        images = 1.959964 * math.sqrt(2 * 0.24 / 10_000)
        assert (high - low) / 2 == pytest.approx(math.hypot(seeds, images) + 0.0005, rel=1e-5)


class TestDifference:
    SAYS = Difference(BETTER, WORSE, 0.05, 0.001)

    @pytest.mark.parametrize(
        ("better", "verdict"),
        [
            (0.45, Verdict.REPRODUCED),
            (0.40, Verdict.NOT_REPRODUCED),
            (0.55, Verdict.NOT_REPRODUCED),
        ],
    )
    def test_is_reproduced_or_not_and_never_exceeded(self, better, verdict):
        evidence = pair(around(better, 0.004), around(0.40, 0.004))
        found = evaluate(claim(self.SAYS), evidence)
        assert found.verdict is verdict
        assert found.finding.facts[0].values == pytest.approx((better - 0.40,))

    def test_of_runs_that_spread_is_inconclusive(self):
        evidence = pair(around(0.45, 0.03), around(0.40, 0.03))
        assert evaluate(claim(self.SAYS), evidence).verdict is Verdict.INCONCLUSIVE

    def test_one_fitted_side_is_enough(self):
        evidence = pair(around(0.45, 0.004), around(0.40, 0.004), fitted=True)
        assert evaluate(claim(self.SAYS), evidence).verdict is Verdict.FITTED

    def test_half_width_by_hand(self):
        ours, theirs = around(0.45, 0.004, 3), around(0.40, 0.01, 5)
        low, high = evaluate(claim(self.SAYS), pair(ours, theirs)).finding.judgement.expected
        one = stats.t.ppf(0.975, 2) * np.std(ours, ddof=1) * math.sqrt(1 + 1 / 3)
        other = stats.t.ppf(0.975, 4) * np.std(theirs, ddof=1) * math.sqrt(1 + 1 / 5)
        images = 1.959964 * math.sqrt((0.45 * 0.55 + 0.40 * 0.60) / 10_000)
        expected = math.sqrt(one**2 + other**2 + images**2) + 0.0005
        assert (high - low) / 2 == pytest.approx(expected, rel=1e-5)


class TestOrder:
    SAYS = Order(BETTER, WORSE)

    @pytest.mark.parametrize(
        ("better", "verdict"),
        [
            (0.45, Verdict.REPRODUCED),
            (0.35, Verdict.NOT_REPRODUCED),
            (0.402, Verdict.INCONCLUSIVE),
        ],
    )
    def test_takes_a_significant_difference(self, better, verdict):
        evidence = pair(around(better, 0.004), around(0.40, 0.004))
        assert evaluate(claim(self.SAYS), evidence).verdict is verdict

    def test_a_small_difference_that_was_well_measured_is_too_close_to_call(self):
        judgement = evaluate(
            claim(self.SAYS), pair(around(0.402, 0.004), around(0.40, 0.004))
        ).finding.judgement
        assert judgement.reason is Reason.TOO_CLOSE
        assert judgement.resolution < 0.05

    def test_a_poor_measurement_calls_for_seeds(self):
        judgement = evaluate(
            claim(self.SAYS), pair(around(0.41, 0.05, 3), around(0.40, 0.05, 3))
        ).finding.judgement
        assert judgement.reason is Reason.MORE_SEEDS
        assert judgement.seeds_needed > 3

    def test_two_seeds_decide_nothing(self):
        found = evaluate(claim(self.SAYS), pair([0.9, 0.91], [0.1, 0.11, 0.12]))
        assert found.finding.judgement.reason is Reason.FEW_SEEDS

    def test_without_the_other_it_was_not_measured(self):
        evidence = Evidence({"better": facts(test_accuracy=around(0.4, 0.01))})
        found = evaluate(claim(self.SAYS), evidence)
        assert found.finding.judgement.reason is Reason.NOT_MEASURED
