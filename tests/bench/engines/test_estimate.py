"""What a plan may take, and how many seeds it takes until its numbers are resolved."""

from dataclasses import replace

from bench.engines.estimate import estimate
from bench.engines.more_seeds import more_seeds
from bench.planning.plan import Plan
from bench.registry import Registry
from tests.support.factories import APPROACHES, make_predictions, make_record
from tests.support.tiny import make_run

KNOWN = Registry("approach", APPROACHES)


def records(*accuracies: float) -> list:
    return [
        make_record(make_predictions(accuracy, 1000, seed), seed=seed)
        for seed, accuracy in enumerate(accuracies)
    ]


def test_estimate_is_the_median_of_like_runs_times_their_number() -> None:
    runs = tuple(make_run("basic_cnn", seed) for seed in range(3))
    like = [
        record.model_copy(update={"timings": record.timings.model_copy(update={"total": total})})
        for record, total in zip(records(0.3, 0.3, 0.3), (10.0, 30.0, 500.0), strict=True)
    ]
    like = [
        record.model_copy(
            update={
                "approach": "basic_cnn",
                "tier": record.tier.model_copy(update={"name": runs[0].tier.name}),
            }
        )
        for record in like
    ]
    other = replace(runs[0], approach="never_run")
    found = estimate(Plan((*runs, other)), (*runs[1:], other), like)
    assert (found.found, found.to_do) == (1, {"basic_cnn": 2, "never_run": 1})
    assert found.seconds == 2 * 30.0
    assert found.unknown == ("never_run",)


def test_no_more_seeds_where_the_difference_would_be_noticed_already() -> None:
    assert more_seeds(records(0.37, 0.371, 0.372), KNOWN, tolerance=0.20) is None


def test_spread_asks_for_more_seeds_up_to_the_limit() -> None:
    wide = records(0.36, 0.38, 0.40)
    more = more_seeds(wide, KNOWN, tolerance=0.08)
    assert more is not None
    assert 3 < more <= 20
    assert more_seeds(wide, KNOWN, tolerance=0.08, most=4) == 4


def test_two_seeds_are_too_few_to_judge_by() -> None:
    assert more_seeds(records(0.37, 0.37), KNOWN, tolerance=0.2) == 3
