"""The tiers: every approach, every seed, end to end, through the same code as `bench run`."""

from statistics import mean

import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score

from bench.plugin import TierRun
from bench.records.record import RunRecord
from bench.records.store import CHECKPOINT

CHANCE = 0.01


def test_approach_runs_end_to_end(run: TierRun) -> None:
    record, tier = run.record, run.run.tier
    assert run.store.read(run.folder) == record
    assert not (run.folder / CHECKPOINT).exists()
    predictions = run.store.predictions(run.folder)
    # A tie at the top counts as one; which class is shown first of it is chance.
    tied = float((predictions.top_probability[:, 0] == predictions.top_probability[:, 1]).mean())
    shown = accuracy_score(predictions.label, predictions.top_class[:, 0])
    assert abs(record.test.accuracy - shown) <= tied + 1e-12
    assert record.test.images == 100 * (tier.test_per_class or 100)
    assert (len(record.history) == 0) == (run.run.epochs == 0)
    assert len(record.history) <= run.run.epochs
    for quantity in ("parameters", "trainable_parameters", "non_trainable_parameters"):
        documented = run.approach.documented_value(quantity)
        if documented:
            assert getattr(record.model, quantity) == documented.value


@pytest.mark.tiers("short", "full")
def test_approach_beats_chance(run: TierRun) -> None:
    record = run.record
    images = record.test.images
    right = round(record.test.accuracy * images)
    assert binomtest(right, images, CHANCE, alternative="greater").pvalue < 1e-3
    assert record.train.accuracy >= record.test.accuracy


@pytest.mark.short
@pytest.mark.parametrize("tier_records", ["short"], indirect=True)
@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("vgg19_linear", "basic_cnn"),
        ("vgg19_linear", "improved_cnn"),
        ("vgg19_96_head", "vgg19_linear"),
        ("vgg19_96_forest", "vgg19_forest"),
    ],
)
def test_approaches_keep_the_documented_order(
    tier_records: dict[str, list[RunRecord]], better: str, worse: str
) -> None:
    for name in (better, worse):
        if name not in tier_records:
            pytest.skip(f"{name} is not among the runs")
    means = {
        name: mean(record.test.accuracy for record in tier_records[name])
        for name in (better, worse)
    }
    assert means[better] > means[worse]
