"""The time that is left is told from what is known, and what is not known is told too."""

from dataclasses import replace

import pytest

from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.progress.forecast import Forecast, Remaining
from bench.records.record import EpochPart
from tests.support.factories import make_record
from tests.support.tiny import make_run

EPOCH = EpochPart(loss=1, accuracy=0, validation_loss=1, validation_accuracy=0, seconds=1)


def finished(
    approach: str, seconds: float, found: bool = False, seed: int = 0
) -> events.RunFinished:
    record = make_record(approach=approach, seed=seed)
    timings = record.timings.model_copy(update={"total": seconds})
    record = record.model_copy(update={"timings": timings})
    return events.RunFinished(run_of(approach, seed), record, found)


def run_of(approach: str, seed: int) -> RunSpec:
    """A run of ten epochs."""
    run = replace(make_run(seed=seed), approach=approach)
    return replace(run, tier=replace(run.tier, max_epochs=None))


def test_nothing_is_known_at_first() -> None:
    assert Forecast(["plain", "plain"]).remaining() == Remaining(0, 2)


def test_epochs_tell_the_rest_of_their_run() -> None:
    forecast = Forecast(["plain", "plain"])
    forecast.follow(events.RunStarted(run_of("plain", 0)), 100)
    assert forecast.remaining() == Remaining(0, 2)
    forecast.follow(events.FeaturesProgress(run_of("plain", 0), 5, 5), 150)
    forecast.follow(events.EpochFinished(run_of("plain", 0), 1, EPOCH), 160)
    forecast.follow(events.EpochFinished(run_of("plain", 0), 2, EPOCH), 180)
    assert forecast.remaining() == Remaining(8 * 15, 1)


def test_continued_run_counts_only_the_epochs_it_saw() -> None:
    forecast = Forecast(["plain"])
    forecast.follow(events.RunStarted(run_of("plain", 0)), 0)
    forecast.follow(events.EpochFinished(run_of("plain", 0), 7, EPOCH), 4)
    assert forecast.remaining() == Remaining(3 * 4, 0)


@pytest.mark.parametrize("found", [True, False])
def test_finished_run_tells_the_length_of_its_like(found: bool) -> None:
    forecast = Forecast(["plain", "plain", "plain", "other"])
    if not found:
        forecast.follow(events.RunStarted(run_of("plain", 0)), 0)
    forecast.follow(finished("plain", 60, found), 60)
    assert forecast.remaining() == Remaining(2 * 60, 1)


def test_nothing_is_left_at_the_end() -> None:
    forecast = Forecast(["plain"])
    forecast.follow(events.RunStarted(run_of("plain", 0)), 0)
    forecast.follow(finished("plain", 60), 60)
    assert forecast.remaining() == Remaining(0, 0)


def test_seeds_side_by_side_are_one_training_and_several_runs() -> None:
    forecast = Forecast(["plain", "plain"])
    forecast.follow(events.SeedsStarted((run_of("plain", 0), run_of("plain", 1))), 100)
    for seed in (0, 1):
        forecast.follow(events.EpochFinished(run_of("plain", seed), 1, EPOCH), 110)
    assert forecast.remaining() == Remaining(9 * 10, 2)
    for seed in (0, 1):
        forecast.follow(events.RunStarted(run_of("plain", seed)), 200)
        forecast.follow(finished("plain", 12, seed=seed), 201)
    assert forecast.remaining() == Remaining(0, 0)


def test_runs_on_cores_of_their_own_share_the_time() -> None:
    forecast = Forecast(["plain", "plain", "plain"])
    for seed in (0, 1):
        forecast.follow(events.RunStarted(run_of("plain", seed)), 0)
        forecast.follow(events.EpochFinished(run_of("plain", seed), 1, EPOCH), 6)
    assert forecast.remaining() == Remaining(9 * 6, 1)
    forecast.follow(finished("plain", 60, seed=0), 60)
    forecast.follow(events.RunStarted(run_of("plain", 2)), 60)
    assert forecast.remaining() == Remaining((9 * 6 + 60) / 2, 0)


def test_failed_run_is_not_waited_for() -> None:
    forecast = Forecast(["plain", "plain"])
    forecast.follow(events.RunStarted(run_of("plain", 0)), 0)
    forecast.follow(events.RunFailed(run_of("plain", 0), "NaN"), 5)
    forecast.follow(events.RunFailed(run_of("plain", 1), "its process was killed"), 6)
    assert forecast.remaining() == Remaining(0, 0)
