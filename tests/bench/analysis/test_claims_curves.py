"""Claims on fits and learning curves, at and around their limits."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.claims import evaluate
from bench.analysis.evidence import ApproachFacts, Evidence
from bench.analysis.verdicts import Reason, Verdict
from bench.approaches.claims import (
    GapShrinks,
    GoodFit,
    ImprovesEachEpoch,
    Overfits,
    Reading,
    Stabilises,
    StopsEarly,
)
from tests.support.claim_factories import IMAGES, around, claim, facts, with_curves


def fit(gap: float, spread: float = 0.004) -> ApproachFacts:
    validation = around(0.40, 0.004)
    gaps = around(gap, spread)
    return facts(
        train_accuracy=[v + g for v, g in zip(validation, gaps, strict=True)],
        validation_accuracy=validation,
    )


@pytest.mark.parametrize(
    ("gap", "overfits", "good_fit"),
    [
        (0.15, Verdict.REPRODUCED, Verdict.NOT_REPRODUCED),
        (0.05, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
        (0.01, Verdict.NOT_REPRODUCED, Verdict.REPRODUCED),
        (-0.15, Verdict.NOT_REPRODUCED, Verdict.NOT_REPRODUCED),
    ],
)
def test_overfitting_and_a_good_fit_are_two_sides_of_five_points(gap, overfits, good_fit):
    evidence = Evidence({"one": fit(gap)})
    assert evaluate(claim(Overfits("one")), evidence).verdict is overfits
    assert evaluate(claim(GoodFit("one")), evidence).verdict is good_fit


def test_a_good_fit_while_fitting_may_be_none_afterwards():
    values = {}
    for weights in ("last", "best"):
        for fitting, train in ((True, 0.61), (False, 0.88)):
            values["train_accuracy", Reading(weights, fitting)] = tuple(around(train, 0.004))
            values["validation_accuracy", Reading(weights, fitting)] = tuple(around(0.6, 0.004))
    evidence = Evidence({"one": ApproachFacts(values, IMAGES)})
    found = evaluate(claim(GoodFit("one"), reading=Reading("last", True)), evidence)
    assert found.verdict is Verdict.REPRODUCED
    ((reading, other),) = found.others
    assert not reading.fitting
    assert other.judgement.verdict is Verdict.NOT_REPRODUCED


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [
        (0.02, Verdict.REPRODUCED),
        (0.20, Verdict.NOT_REPRODUCED),
        (0.10, Verdict.INCONCLUSIVE),
        # As close, on the other side.
        (-0.02, Verdict.REPRODUCED),
    ],
)
def test_the_gap_shrinks(gap, verdict):
    evidence = Evidence({"one": fit(gap), "other": fit(0.10)})
    assert evaluate(claim(GapShrinks("one", than="other")), evidence).verdict is verdict


class TestStabilises:
    SAYS = Stabilises("one", 0.35)

    @pytest.mark.parametrize(
        ("end", "verdict"),
        [
            ([0.35] * 5, Verdict.REPRODUCED),
            ([0.45] * 5, Verdict.NOT_REPRODUCED),
            # Around the level, but rising all the time.
            ([0.20, 0.275, 0.35, 0.425, 0.50], Verdict.NOT_REPRODUCED),
        ],
    )
    def test_takes_level_and_drift(self, end, verdict):
        curves = [
            [0.05, 0.1, 0.2, 0.3, 0.33, *(v + seed for v in end)] for seed in (0, 0.002, 0.004)
        ]
        found = evaluate(claim(self.SAYS), Evidence({"one": with_curves(curves)}))
        assert found.verdict is verdict

    def test_the_facts_are_those_of_the_second_half(self):
        curve = [0.0, 0.0, 0.30, 0.40]
        found = evaluate(claim(self.SAYS), Evidence({"one": with_curves([curve] * 3)}))
        level, drift = found.finding.facts
        assert level.values == pytest.approx((0.35,) * 3)
        assert drift.values == pytest.approx((0.10,) * 3)

    def test_two_curves_decide_nothing(self):
        found = evaluate(claim(self.SAYS), Evidence({"one": with_curves([[0.35] * 8] * 2)}))
        assert found.finding.judgement.reason is Reason.FEW_SEEDS


class TestImproves:
    RISING, DIP = [0.1, 0.2, 0.3, 0.4], [0.1, 0.3, 0.2, 0.4]

    @pytest.mark.parametrize("quantity", ["train_accuracy", "train_loss"])
    @pytest.mark.parametrize(
        ("curves", "verdict"),
        [
            ([RISING] * 3, Verdict.REPRODUCED),
            ([DIP] * 3, Verdict.NOT_REPRODUCED),
            ([RISING, DIP, RISING], Verdict.INCONCLUSIVE),
            ([RISING] * 2, Verdict.UNDECIDED),
        ],
    )
    def test_one_fall_is_one_too_many(self, curves, verdict, quantity):
        says = ImprovesEachEpoch("one", quantity)
        assert evaluate(claim(says), Evidence({"one": with_curves(curves)})).verdict is verdict

    def test_counts_the_falls(self):
        says = ImprovesEachEpoch("one")
        found = evaluate(claim(says), Evidence({"one": with_curves([self.DIP] * 3)}))
        assert found.finding.facts[0].values == (1, 1, 1)


@pytest.mark.parametrize(
    ("epochs", "verdict"),
    [
        ([5, 6, 7], Verdict.REPRODUCED),
        ([50] * 3, Verdict.NOT_REPRODUCED),
        ([50, 20, 30], Verdict.INCONCLUSIVE),
        ([5], Verdict.UNDECIDED),
    ],
)
def test_stops_early(epochs, verdict):
    evidence = Evidence({"one": facts(epochs=[float(n) for n in epochs])})
    assert evaluate(claim(StopsEarly("one", of=50)), evidence).verdict is verdict


@pytest.mark.parametrize("true_gap", [0.03, 0.05, 0.07])
def test_word_claims_are_called_wrong_at_most_once_in_twenty(true_gap):
    random, wrong, trials = np.random.default_rng(3), 0, 150
    for _ in range(trials):
        gaps = true_gap + 0.018 * random.standard_normal(5)
        evidence = Evidence(
            {"one": facts(train_accuracy=0.4 + gaps, validation_accuracy=[0.4] * 5)}
        )
        verdict = evaluate(claim(Overfits("one")), evidence).verdict
        wrong += verdict is (Verdict.REPRODUCED if true_gap <= 0.05 else Verdict.NOT_REPRODUCED)
    assert wrong / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)
