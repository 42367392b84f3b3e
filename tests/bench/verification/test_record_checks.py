"""Each rule of a single record and its predictions, by a change that breaks it alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.planning.tiers import TIERS
from bench.records.record import Reading
from bench.verification.prediction_checks import check_predictions
from bench.verification.record_checks import check_record
from tests.support.sound import PLAIN, STOPPED, sound_record

TIER_PARAMETERS = {tier.name: tier.parameters for tier in TIERS}


def whats(record, protocols=None):
    return {finding.what for finding in check_record(record, TIER_PARAMETERS, protocols)}


def changed(record, part, **values):
    return record.model_copy(update={part: getattr(record, part).model_copy(update=values)})


@pytest.fixture(scope="module")
def plain():
    return sound_record(PLAIN, 0, "full")[0]


@pytest.fixture(scope="module")
def stopped():
    return sound_record(STOPPED, 0, "full")[0]


def test_sound_records_break_no_rule(plain, stopped):
    assert whats(plain) == whats(stopped) == set()


def test_the_total_holds_features_and_training(plain):
    # From start to finish are 60 s, and training takes 31 of them: features had under 29.
    assert whats(changed(plain, "timings", features=28.0)) == set()
    assert whats(changed(plain, "timings", features=40.0)) == {"timings.total"}


def test_the_total_is_the_time_from_start_to_finish(plain):
    assert whats(plain.model_copy(update={"finished": "2026-01-02T03:05:08+00:00"})) == set()
    late = {"finished": "2026-01-02T03:25:05+00:00"}
    assert whats(plain.model_copy(update=late)) == {"timings.total"}
    # Between two attempts the machine may have been off.
    assert whats(plain.model_copy(update={**late, "attempts": 2})) == set()
    no_time = {"finished": "yesterday"}
    assert whats(plain.model_copy(update=no_time)) == {"started and finished"}


def test_only_old_records_have_no_finish(plain):
    old = plain.model_copy(update={"finished": None, "protocol": None})
    assert whats(old) == set()
    assert whats(old.model_copy(update={"protocol": "p"})) == {"finished"}


def test_early_stopping_keeps_the_lowest_validation_loss(stopped):
    found = whats(stopped.model_copy(update={"best_epoch": 2}))
    assert "best_epoch" in found
    assert whats(stopped.model_copy(update={"best_epoch": 9})) == {"best_epoch"}


def test_a_training_may_diverge_only_where_an_earlier_epoch_is_kept(plain, stopped):
    assert whats(plain.model_copy(update={"diverged": len(plain.history) + 1})) == {"diverged"}
    stopping = stopped.recipe["early_stopping"] | {"restore_best_weights": True}
    losses = [epoch.validation_loss for epoch in stopped.history]
    best = losses.index(min(losses)) + 1
    history = stopped.history[:best]
    cut = {"history": history, "best_epoch": best, "diverged": best + 1}
    kept = stopped.recipe | {"early_stopping": stopping}
    found = whats(stopped.model_copy(update=cut | {"recipe": kept}))
    assert not found & {"diverged", "history", "best_epoch"}
    wrong = stopped.model_copy(update=cut | {"recipe": kept, "diverged": best + 2})
    assert "diverged" in whats(wrong)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_scores_are_of_all_images_of_their_part(plain, part):
    images = getattr(plain, part).images
    found = whats(changed(plain, part, images=images - 100))
    assert f"{part}.images" in found


def test_top_5_holds_top_1(plain):
    assert whats(changed(plain, "train", top5_accuracy=0.25)) == {"train.top5_accuracy"}


def test_a_reading_agrees_with_its_epoch(plain):
    right = plain.validation.model_copy(
        update={"accuracy": plain.history[1].validation_accuracy, "images": 10_000}
    )
    for scores, expected in (
        (right, set()),
        (plain.validation, {"readings.x.validation.accuracy"}),
    ):
        record = plain.model_copy(update={"readings": {"x": Reading(epoch=2, validation=scores)}})
        assert whats(record) == expected


def test_parameters_add_up(plain):
    assert whats(changed(plain, "model", parameters=184_005)) == {"model.parameters"}
    assert whats(changed(plain, "model", parameters=None)) == {"model"}


def test_an_unknown_protocol(plain):
    record = plain.model_copy(update={"protocol": "p"})
    assert whats(record) == whats(record, frozenset({"p", "q"})) == set()
    assert whats(record, frozenset({"q"})) == {"protocol"}


EDITS = {
    "index": lambda p: {"index": np.where(np.arange(1000) == 1, p.index[0], p.index)},
    "top_class": lambda p: {"top_class": p.top_class[:, [0, 0, 2, 3, 4]]},
    "top_probability": lambda p: {"top_log_probability": p.top_log_probability[:, ::-1]},
    "label_log_probability": lambda p: {"label_log_probability": p.label_log_probability / 2},
    "probabilities": lambda p: {"label_log_probability": p.label_log_probability * np.nan},
}


@pytest.mark.parametrize("what", EDITS)
def test_what_no_softmax_gives(what):
    predictions = sound_record(PLAIN, 0, "short")[1]
    assert list(check_predictions(predictions)) == []
    edited = replace(predictions, **EDITS[what](predictions))
    assert what in {finding.what for finding in check_predictions(edited)}


def test_probabilities_are_at_most_one_in_all():
    predictions = sound_record(PLAIN, 0, "short")[1]
    doubled = replace(predictions, top_log_probability=predictions.top_log_probability + 3)
    wanted = "0 to 1 in all"
    assert wanted in {finding.expected for finding in check_predictions(doubled)}
