"""Each quantity under each reading is found where a record keeps it."""

from __future__ import annotations

import pytest

from bench.analysis.facts import facts_of, value_of
from bench.approaches.claims import Reading
from bench.records.record import EpochPart
from bench.records.record import Reading as Recorded
from tests.support.factories import make_record, make_scores

LAST, BEST = Reading("last", True), Reading("best", True)
LAST_AFTER, BEST_AFTER = Reading("last", False), Reading("best", False)


def epoch(number: int, validation_loss: float) -> EpochPart:
    return EpochPart(
        loss=3 - number / 10,
        accuracy=number / 10,
        validation_loss=validation_loss,
        validation_accuracy=number / 20,
        seconds=1,
    )


# The second of four epochs is the best.
HISTORY = tuple(epoch(number, loss) for number, loss in enumerate((2.5, 2.0, 2.2, 2.4), 1))
PLAIN = make_record(train=make_scores(0.55)).model_copy(update={"history": HISTORY})
BOTH = PLAIN.model_copy(
    update={
        "readings": {
            "last": Recorded(epoch=4, train=make_scores(0.81), test=make_scores(0.31)),
            "best": Recorded(
                epoch=2,
                train=make_scores(0.61),
                validation=make_scores(0.41),
                test=make_scores(0.41),
            ),
        }
    }
)


@pytest.mark.parametrize(
    ("reading", "train", "validation", "test"),
    [
        # While fitting: of the epoch itself; validation after it, unless scored again.
        (LAST, 0.4, 0.2, 0.31),
        (LAST_AFTER, 0.81, 0.2, 0.31),
        (BEST, 0.2, 0.41, 0.41),
        (BEST_AFTER, 0.61, 0.41, 0.41),
    ],
)
def test_a_record_of_both_readings(reading, train, validation, test):
    found = [
        value_of(f"{split}_accuracy", reading, BOTH) for split in ("train", "validation", "test")
    ]
    assert found == [train, validation, test]


def test_losses_follow_their_epoch():
    assert value_of("train_loss", LAST, BOTH) == pytest.approx(2.6)
    assert value_of("train_loss", BEST, BOTH) == pytest.approx(2.8)
    assert value_of("validation_loss", LAST, BOTH) == 2.4


def test_an_older_record_has_the_test_score_of_one_reading_alone():
    assert value_of("test_accuracy", LAST, PLAIN) == PLAIN.test.accuracy
    assert value_of("test_accuracy", BEST, PLAIN) is None
    kept_best = PLAIN.model_copy(update={"best_epoch": 2})
    assert value_of("test_accuracy", LAST, kept_best) is None
    assert value_of("test_accuracy", BEST, kept_best) == PLAIN.test.accuracy
    # What was seen while fitting is known of both.
    assert value_of("train_accuracy", LAST, kept_best) == 0.4
    assert value_of("validation_accuracy", BEST, PLAIN) == 0.1


def test_a_forest_is_one_reading():
    forest = PLAIN.model_copy(update={"history": ()})
    values = {value_of("train_accuracy", reading, forest) for reading in (LAST, BEST_AFTER)}
    assert values == {0.55}
    assert value_of("epochs", LAST, forest) is None


def test_facts_are_one_per_seed_and_whole_or_missing():
    found = facts_of([BOTH, PLAIN])
    assert found.of("test_accuracy", LAST) == (0.31, PLAIN.test.accuracy)
    assert found.of("test_accuracy", BEST) == ()
    assert found.of("parameters", BEST) == (184_004, 184_004)
    assert found.images == {"train": 40_000, "validation": 10_000, "test": 1000}
    assert [curve.validation_accuracy for curve in found.curves] == [(0.05, 0.1, 0.15, 0.2)] * 2
