"""Every documented quantity has a kind, and is read where a record keeps it."""

from typing import get_args

import pytest

from bench.analysis.quantities import MEASURES, Kind
from bench.analysis.verdicts import measured_value
from bench.approaches.approach import Quantity
from bench.leaderboard.numbers import NAMES
from tests.support.factories import make_record, make_scores


def test_every_quantity_has_a_kind_and_a_name():
    assert set(MEASURES) == set(get_args(Quantity))
    assert set(MEASURES) <= set(NAMES)


@pytest.mark.parametrize(
    ("quantity", "kind"),
    [
        ("test_accuracy", Kind.ACCURACY),
        ("train_loss", Kind.LOSS),
        ("non_trainable_parameters", Kind.COUNT),
        ("epochs", Kind.EPOCHS),
    ],
)
def test_kinds(quantity, kind):
    assert MEASURES[quantity].kind is kind


def test_a_quantity_that_a_record_lacks_is_none():
    record = make_record()
    record = record.model_copy(
        update={
            "validation": None,
            "test": make_scores(0.25, 3.0),
            "model": record.model.model_copy(update={"parameters": None}),
        }
    )
    assert measured_value("validation_accuracy", record) is None
    assert measured_value("parameters", record) is None
    assert measured_value("test_accuracy", record) == 0.25
