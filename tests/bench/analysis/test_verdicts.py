"""Each rule of judgement, at and around its border."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.bands import Band, SeedSpread
from bench.analysis.verdicts import (
    Reason,
    Verdict,
    can_be_judged,
    images_measured,
    judge,
    judge_band,
    kind_of,
    measured_value,
)
from bench.approaches.claims import Documented
from tests.support.factories import FULL, IMAGENET, RANDOM, make_record, make_scores

N = 10_000
ACCURACY = Documented("test_accuracy", 0.387, 0.001, "2b")
LOSS = Documented("validation_loss", 2.68, 0.01, "2b")
PARAMETERS = Documented("parameters", 184_004, 1, "2b")
EPOCHS = Documented("epochs", 23, 1, "3e")
SET_EPOCHS = Documented("epochs", 20, 1, "3a", informative=False)


def around(centre: float, spread: float) -> list[float]:
    """Three seeds with this mean and this standard deviation."""
    return [centre - spread, centre, centre + spread]


class TestAccuracy:
    def test_half_width_by_hand(self):
        spread = 0.0025
        seeds = 4.302653 * spread * math.sqrt(4 / 3)
        sampling = 1.959964 * math.sqrt(0.387 * 0.613 / N)
        half = math.sqrt(seeds**2 + sampling**2) + 0.0005
        found = judge(ACCURACY, around(0.4, spread), N).expected
        assert found == pytest.approx((0.4 - half, 0.4 + half), abs=1e-7)

    @pytest.mark.parametrize(
        ("centre", "verdict"),
        [
            (0.387, Verdict.REPRODUCED),
            (0.4025, Verdict.REPRODUCED),
            (0.3715, Verdict.REPRODUCED),
            (0.4035, Verdict.EXCEEDED),
            (0.3705, Verdict.NOT_REPRODUCED),
            (0.9, Verdict.EXCEEDED),
            (0.01, Verdict.NOT_REPRODUCED),
        ],
    )
    def test_three_seeds(self, centre, verdict):
        # The half-width above is 0.0161.
        assert judge(ACCURACY, around(centre, 0.0025), N).verdict is verdict

    @pytest.mark.parametrize("measured", [[0.387], [0.05], [0.99], [0.39, 0.41], [0.2, 0.2]])
    def test_images_alone_decide_nothing(self, measured):
        judgement = judge(ACCURACY, measured, N)
        assert judgement.verdict is Verdict.UNDECIDED
        assert judgement.reason is Reason.FEW_SEEDS
        assert judgement.expected is judgement.resolution is judgement.probability is None

    def test_a_wide_band_around_the_number_is_inconclusive(self):
        # 4.30 * 1.8 points * sqrt(4/3) = 8.9 points, and 5 are tolerated; seven seeds give 4.8.
        judgement = judge(ACCURACY, around(0.40, 0.018), N)
        assert judgement.verdict is Verdict.INCONCLUSIVE
        assert judgement.reason is Reason.MORE_SEEDS
        assert judgement.seeds_needed == 7

    def test_runs_that_differ_too_much_say_so(self):
        # 1.96 * 2.6 points = 5.1, however many the seeds.
        judgement = judge(ACCURACY, around(0.40, 0.026), N)
        assert judgement.verdict is Verdict.INCONCLUSIVE
        assert judgement.reason is Reason.OWN_SPREAD
        assert judgement.seeds_needed is None

    def test_a_number_outside_a_wide_band_is_still_judged(self):
        assert judge(ACCURACY, around(0.28, 0.018), N).verdict is Verdict.NOT_REPRODUCED
        assert judge(ACCURACY, around(0.49, 0.018), N).verdict is Verdict.EXCEEDED

    def test_the_claims_own_tolerance_holds(self):
        wide = Documented("test_accuracy", 0.387, 0.001, "2b", tolerance=0.1)
        assert judge(wide, around(0.40, 0.018), N).verdict is Verdict.REPRODUCED
        narrow = Documented("test_accuracy", 0.387, 0.001, "2b", tolerance=0.015)
        assert judge(narrow, around(0.39, 0.0025), N).verdict is Verdict.INCONCLUSIVE

    @pytest.mark.parametrize(
        ("centre", "verdict"),
        [
            (0.387, Verdict.FITTED),
            (0.45, Verdict.FITTED),
            # Not even a recipe chosen for the number comes near it.
            (0.30, Verdict.NOT_REPRODUCED),
        ],
    )
    def test_a_recipe_chosen_by_the_number_is_not_tested_by_it(self, centre, verdict):
        assert judge(ACCURACY, around(centre, 0.0025), N, fitted=True).verdict is verdict

    def test_a_fitted_verdict_gives_its_reason_alone(self):
        judgement = judge(ACCURACY, around(0.40, 0.018), N, fitted=True)
        assert judgement.reason is Reason.CHOSEN_BY_THE_NUMBER
        assert judgement.seeds_needed is None

    def test_coarser_rounding_is_allowed_for(self):
        exact = Documented("test_accuracy", 0.40, 0.0001, "3d")
        coarse = Documented("test_accuracy", 0.40, 0.01, "3d")
        measured = around(0.412, 0.001)
        assert judge(exact, measured, N).verdict is Verdict.EXCEEDED
        assert judge(coarse, measured, N).verdict is Verdict.REPRODUCED

    def test_more_images_are_stricter(self):
        documented = Documented("validation_accuracy", 0.36, 0.0001, "2b")
        assert judge(documented, around(0.37, 0.001), 10_000).verdict is Verdict.REPRODUCED
        assert judge(documented, around(0.37, 0.001), 40_000).verdict is Verdict.EXCEEDED

    @settings(max_examples=60, deadline=None)
    @given(
        st.floats(0, 1),
        st.lists(st.floats(0, 1), min_size=3, max_size=6),
        st.sampled_from([0.01, 0.001, 0.0001]),
    )
    def test_the_verdict_is_where_the_number_lies(self, value, measured, step):
        documented = Documented("test_accuracy", value, step, "x")
        verdict, (low, high) = (judged := judge(documented, measured, N)).verdict, judged.expected
        if value < low:
            assert verdict is Verdict.EXCEEDED
        elif value > high:
            assert verdict is Verdict.NOT_REPRODUCED
        else:
            wide = (high - low) / 2 > 0.05
            assert verdict is (Verdict.INCONCLUSIVE if wide else Verdict.REPRODUCED)


class TestLoss:
    @pytest.mark.parametrize(
        ("centre", "verdict"),
        [
            (2.68, Verdict.REPRODUCED),
            (2.75, Verdict.NOT_REPRODUCED),
            (2.61, Verdict.EXCEEDED),
            (2.72, Verdict.REPRODUCED),
            (2.64, Verdict.REPRODUCED),
        ],
    )
    def test_lower_is_better(self, centre, verdict):
        # Half-width: 4.303 * 0.01 * sqrt(4/3) + 0.005 = 0.0547.
        assert judge(LOSS, around(centre, 0.01), N).verdict is verdict

    @pytest.mark.parametrize("measured", [[2.68], [2.68, 2.70], [9.0]])
    def test_is_undecided_without_three_seeds(self, measured):
        judgement = judge(LOSS, measured, N)
        assert judgement.verdict is Verdict.UNDECIDED
        assert judgement.expected is None


class TestCounts:
    @pytest.mark.parametrize(
        ("measured", "verdict"),
        [
            ([184_004.0], Verdict.REPRODUCED),
            ([184_004.0] * 3, Verdict.REPRODUCED),
            ([184_003.0], Verdict.NOT_REPRODUCED),
            ([184_004.0, 184_005.0], Verdict.NOT_REPRODUCED),
        ],
    )
    def test_parameters_are_equal_or_not(self, measured, verdict):
        assert judge(PARAMETERS, measured, 1).verdict is verdict

    @pytest.mark.parametrize(
        ("measured", "verdict"),
        [
            ([23.0], Verdict.UNDECIDED),
            ([20.0, 22.0], Verdict.UNDECIDED),
            ([22.0, 23.0, 21.0, 22.0], Verdict.REPRODUCED),
            # Outside the seeds' range, but not surprising of one more run.
            ([21.0, 22.0, 20.0, 21.0], Verdict.REPRODUCED),
            ([16.0, 31.0, 20.0], Verdict.INCONCLUSIVE),
            ([50.0] * 3, Verdict.NOT_REPRODUCED),
            ([5.0] * 3, Verdict.NOT_REPRODUCED),
        ],
    )
    def test_epochs_under_early_stopping_vary(self, measured, verdict):
        assert judge(EPOCHS, measured, 1).verdict is verdict

    @pytest.mark.parametrize(
        ("measured", "verdict"),
        [([20.0], Verdict.REPRODUCED), ([20.0] * 3, Verdict.REPRODUCED)]
        + [([epochs] * 3, Verdict.NOT_REPRODUCED) for epochs in (19.0, 21.0)],
    )
    def test_epochs_set_by_the_recipe_are_equal_or_not(self, measured, verdict):
        assert judge(SET_EPOCHS, measured, 1).verdict is verdict

    def test_only_scores_have_a_chance_of_being_reached(self):
        assert judge(EPOCHS, [22.0, 23.0, 21.0, 22.0], 1).probability is None
        assert judge(LOSS, around(2.68, 0.01), N).probability is not None

    def test_what_is_counted_would_show_any_difference(self):
        assert judge(PARAMETERS, [184_004.0], 1).resolution == 0


@pytest.mark.parametrize(("measured", "images"), [([], N), ([0.4], 0)])
def test_refuses_to_judge_by_nothing(measured, images):
    with pytest.raises(ValueError, match="test_accuracy"):
        judge(ACCURACY, measured, images)


def test_neither_better_nor_worse_is_never_exceeded():
    band = Band((SeedSpread(0.001, 3),))
    for documented in (0.3, 0.5):
        judged = judge_band(documented, 0.4, band, tolerance=0.05)
        assert judged.verdict is Verdict.NOT_REPRODUCED


class TestWhoIsJudged:
    @pytest.mark.parametrize("weights", [None, IMAGENET])
    @pytest.mark.parametrize("backend", ["tensorflow", "jax"])
    def test_the_full_protocol_on_the_real_images(self, weights, backend):
        assert can_be_judged(make_record(weights=weights, backend=backend))

    @pytest.mark.parametrize(
        "other",
        [
            {"dataset": "shapes100"},
            {"tier": "short"},
            {"tier": "smoke"},
            {"tier": "mine", "tier_parameters": FULL},
            {"weights": RANDOM},
            {"weights": IMAGENET.model_copy(update={"kind": "unknown"})},
            {"tier_parameters": FULL | {"max_epochs": 1}},
            {"protocol": None},
        ],
    )
    def test_nothing_else(self, other):
        assert not can_be_judged(make_record(**other))

    def test_no_run_from_uncommitted_changes(self):
        record = make_record()
        dirty = record.environment.model_copy(update={"dirty": True})
        assert not can_be_judged(record.model_copy(update={"environment": dirty}))


class TestMeasured:
    @pytest.mark.parametrize(
        ("quantity", "kind", "value", "images"),
        [
            # While fitting, and not as scored after training.
            ("train_accuracy", "accuracy", 0.4, 40_000),
            ("train_loss", "loss", 2.0, 40_000),
            ("validation_accuracy", "accuracy", 0.36, 10_000),
            ("validation_loss", "loss", 2.68, 10_000),
            ("test_accuracy", "accuracy", 0.4, 1000),
            ("parameters", "count", 184_004, 1),
            ("trainable_parameters", "count", 183_844, 1),
            ("non_trainable_parameters", "count", 160, 1),
            ("epochs", "epochs", 3, 1),
        ],
    )
    def test_each_quantity_is_found_in_the_record(self, quantity, kind, value, images):
        record = make_record(validation=make_scores(0.36, 2.68, 10_000))
        assert kind_of(quantity) == kind
        assert measured_value(quantity, record) == value
        assert images_measured(quantity, record) == images

    def test_a_run_without_validation_has_no_such_value(self):
        record = make_record().model_copy(update={"validation": None})
        assert measured_value("validation_loss", record) is None
