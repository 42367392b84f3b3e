"""The tiers: every approach, every seed, end to end, through the same code as `bench run`."""

from statistics import mean

import pytest
from scipy.stats import binomtest

from bench.engines.trial import run_trial
from bench.planning.plan import Plan
from bench.planning.runs import Run
from bench.records.metrics import score

CHANCE = 0.01


def test_approach_runs_end_to_end(run: Run) -> None:
    record = run_trial(run)
    store, tier = run.context.store, run.context.tier
    assert store.read(run.folder) == record
    assert score(store.predictions(run.folder)) == record.test
    assert record.test.images == 100 * (tier.test_per_class or 100)
    assert len(record.history) <= run.epochs
    for quantity in ("parameters", "trainable_parameters", "non_trainable_parameters"):
        documented = run.approach.documented_value(quantity)
        if documented:
            assert getattr(record.model, quantity) == documented.value


@pytest.mark.tiers("short", "full")
def test_approach_beats_chance(run: Run) -> None:
    record = run_trial(run)
    images = record.test.images
    right = round(record.test.accuracy * images)
    assert binomtest(right, images, CHANCE, alternative="greater").pvalue < 1e-3
    assert record.train.accuracy >= record.test.accuracy


@pytest.mark.short
@pytest.mark.parametrize("matrix", ["short"], indirect=True)
@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("vgg19_linear", "basic_cnn"),
        ("vgg19_linear", "improved_cnn"),
        ("vgg19_96_head", "vgg19_linear"),
        ("vgg19_96_forest", "vgg19_forest"),
    ],
)
def test_approaches_keep_the_documented_order(matrix: Plan, better: str, worse: str) -> None:
    def accuracy(name: str) -> float:
        runs = [run for run in matrix.runs if run.approach.name == name]
        if not runs:
            pytest.skip(f"{name} is not among the runs")
        return mean(run_trial(run).test.accuracy for run in runs)

    assert accuracy(better) > accuracy(worse)
