"""Claims on confusions, the data and the field."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.analysis.claims import evaluate
from bench.analysis.evidence import ApproachFacts, DatasetFacts, Evidence, PublishedFact
from bench.analysis.verdicts import Reason, Verdict
from bench.approaches.claims import (
    Confused,
    DatasetCounts,
    NoAlternatives,
    NotCheckable,
    OnlyDiagonal,
    TopOfTable,
)
from tests.support.claim_factories import claim

CLASSES = 20
NAMES = tuple(f"class_{k}" for k in range(CLASSES))


def even(right: int = 43) -> NDArray[np.int64]:
    """100 images a class, `right` of them right and the others spread evenly."""
    wrong = (100 - right) // (CLASSES - 1)
    matrix = np.full((CLASSES, CLASSES), wrong)
    np.fill_diagonal(matrix, 100 - wrong * (CLASSES - 1))
    return matrix


def moved(matrix: NDArray[np.int64], label: int, named: int, images: int) -> NDArray[np.int64]:
    """So many right answers of a class turned into one wrong class."""
    changed = matrix.copy()
    changed[label, label] -= images
    changed[label, named] += images
    return changed


def seen(*matrices: NDArray[np.int64]) -> Evidence:
    data = DatasetFacts(NAMES, (500,) * CLASSES, (100,) * CLASSES, (32, 32, 3))
    return Evidence({"one": ApproachFacts({}, confusion=np.stack(matrices))}, data)


PEAKED = moved(even(), 3, 5, 25)
ALTERNATIVE = moved(even(), 3, 5, 8)


@pytest.mark.parametrize(
    ("matrices", "verdict"),
    [
        ([even()] * 3, Verdict.REPRODUCED),
        ([ALTERNATIVE] * 3, Verdict.REPRODUCED),
        ([PEAKED] * 3, Verdict.NOT_REPRODUCED),
        ([even(), PEAKED, even()], Verdict.INCONCLUSIVE),
        ([even()], Verdict.UNDECIDED),
    ],
)
def test_high_values_only_on_the_diagonal(matrices, verdict):
    assert evaluate(claim(OnlyDiagonal("one")), seen(*matrices)).verdict is verdict


def test_counts_the_classes_that_peak_elsewhere():
    twice = moved(PEAKED, 7, 1, 30)
    found = evaluate(claim(OnlyDiagonal("one")), seen(PEAKED, twice, twice))
    assert found.finding.facts[0].values == (1, 2, 2)


@pytest.mark.parametrize(
    ("matrix", "verdict"),
    [
        (even(), Verdict.REPRODUCED),
        # An even spread has 3, so these make 9 and 10 of 100.
        (moved(even(), 3, 5, 6), Verdict.REPRODUCED),
        (moved(even(), 3, 5, 7), Verdict.NOT_REPRODUCED),
    ],
)
def test_an_alternative_is_a_tenth_of_a_class(matrix, verdict):
    assert evaluate(claim(NoAlternatives("one", 0.1)), seen(*[matrix] * 3)).verdict is verdict


class TestConfused:
    SAYS = Confused("one", (("class_3", "class_5"), ("class_0", "class_1", "class_2")))

    def test_more_than_an_even_spread(self):
        matrix = moved(moved(even(), 3, 5, 20), 0, 1, 20)
        assert evaluate(claim(self.SAYS), seen(*[matrix] * 3)).verdict is Verdict.REPRODUCED

    def test_an_even_spread_is_no_confusion(self):
        assert evaluate(claim(self.SAYS), seen(*[even()] * 3)).verdict is Verdict.NOT_REPRODUCED

    def test_one_group_of_two(self):
        found = evaluate(claim(self.SAYS), seen(*[moved(even(), 3, 5, 20)] * 3))
        assert found.verdict is Verdict.INCONCLUSIVE
        assert found.finding.judgement.reason is Reason.SOME_OF_SEVERAL

    def test_p_values_are_binomial_and_corrected(self):
        matrix = moved(even(), 3, 5, 4)
        found = evaluate(claim(self.SAYS), seen(*[matrix] * 3))
        # Of 57 + 4 + 57 mistakes, 3 + 4 + 3 stay within the pair.
        pair = stats.binomtest(10, 118, 1 / 19, alternative="greater").pvalue
        three = stats.binomtest(18, 171, 2 / 19, alternative="greater").pvalue
        first, second = sorted((pair, three))
        expected = {first: min(1, 2 * first), second: min(1, max(2 * first, second))}
        assert found.finding.facts[-1].values == pytest.approx((expected[pair], expected[three]))

    def test_unknown_classes_are_not_measured(self):
        says = Confused("one", (("boy", "man"),))
        assert evaluate(claim(says), seen(*[even()] * 3)).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("train", "verdict"),
    [((500,) * CLASSES, Verdict.REPRODUCED), ((501,) + (500,) * 19, Verdict.NOT_REPRODUCED)],
)
def test_balance_is_counted(train, verdict):
    says = DatasetCounts(CLASSES, 500, 100, (32, 32, 3))
    data = DatasetFacts(NAMES, train, (100,) * CLASSES, (32, 32, 3))
    assert evaluate(claim(says), Evidence(dataset=data)).verdict is verdict
    assert evaluate(claim(says), Evidence()).verdict is Verdict.UNDECIDED


class TestTable:
    SAYS = TopOfTable(top=2, above=0.9, uncommon_from=3)
    GOOD = ((0.96, True), (0.93, True), (0.92, True), (0.89, False), (0.88, False))

    def test_holds(self):
        published = tuple(PublishedFact(*row) for row in reversed(self.GOOD))
        found = evaluate(claim(self.SAYS), Evidence(published=published))
        assert found.verdict is Verdict.REPRODUCED
        assert found.finding.facts[0].values == (0.93,)

    @pytest.mark.parametrize(
        ("place", "row"),
        [(1, (0.90, True)), (1, (0.93, False)), (3, (0.89, True))],
    )
    def test_fails_by_each_of_its_three_parts(self, place, row):
        rows = [*self.GOOD]
        rows[place] = row
        if place == 1 and row[0] == 0.90:
            rows[2] = (0.85, False)
        published = tuple(PublishedFact(*row) for row in rows)
        found = evaluate(claim(self.SAYS), Evidence(published=published))
        assert found.verdict is Verdict.NOT_REPRODUCED


def test_what_cannot_be_checked_says_so():
    found = evaluate(claim(NotCheckable("A matter of taste.")), Evidence())
    assert found.verdict is Verdict.NOT_CHECKABLE
    assert found.finding.judgement.reason is Reason.NOT_CHECKABLE
