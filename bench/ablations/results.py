"""What the records say of an ablation: one line a variant, as numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.ablations.entries import Ablation, Variant
from bench.ablations.planning import ablation_store, is_on_the_leaderboard
from bench.analysis.statistics import Interval, difference_interval, mean, mean_interval
from bench.analysis.verdicts import REAL_DATASET, kind_of, measured_value
from bench.approaches.approach import Approach
from bench.approaches.registry import get_approach, plain_recipe
from bench.planning.tiers import Tier, get_tier
from bench.records.record import RunRecord
from bench.records.store import RunStore

Runs = Sequence[tuple[Path, RunRecord]]


@dataclass(frozen=True)
class Outcome:
    """One variant over its seeds.

    Attributes:
        variant: which.
        seeds: that were run; empty for a variant without a record.
        epochs: of each seed.
        fitting_accuracy: mean over seeds of the running accuracy on the training batches, at the
            epoch whose weights were kept; `None` for a forest.
        train_accuracy: mean over seeds, scored after training.
        validation_accuracy: likewise.
        validation_loss: likewise.
        test_accuracy: one per seed.
        interval: 95 % of the mean test accuracy over seeds; `None` with one seed.
        difference: test accuracy minus that of the variant it is held against; `None` where there
            is none, or no record of it.
        distance: mean distance of the measured accuracies from the documented ones, as a fraction;
            `None` where nothing is documented, or not all images were used.
    """

    variant: Variant
    seeds: tuple[int, ...] = ()
    epochs: tuple[int, ...] = ()
    fitting_accuracy: float | None = None
    train_accuracy: float | None = None
    validation_accuracy: float | None = None
    validation_loss: float | None = None
    test_accuracy: tuple[float, ...] = ()
    interval: Interval | None = None
    difference: tuple[float, Interval] | None = None
    distance: float | None = None


@dataclass(frozen=True)
class AblationResult:
    """An ablation on one data set, backend and backbone."""

    ablation: Ablation
    setting: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class LearningCurve:
    """How the validation accuracy of an approach goes from epoch to epoch.

    Attributes:
        approach: name in the registry.
        setting: as in `AblationResult`.
        seeds: that were run.
        accuracy: mean over seeds, one per epoch.
    """

    approach: str
    setting: str
    seeds: tuple[int, ...]
    accuracy: tuple[float, ...]


def ablation_results(results: RunStore, ablations: Iterable[Ablation]) -> list[AblationResult]:
    """One result for each ablation and setting that has a record, in the order given.

    Runs on synthetic images or with a random backbone answer no question and are left out.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    shared, own = list(results.runs()), list(ablation_store(results).runs())
    found = []
    for ablation in ablations:
        by_setting: dict[str, dict[str, list[tuple[Path, RunRecord]]]] = defaultdict(dict)
        for variant in ablation.variants:
            source = shared if is_on_the_leaderboard(ablation, variant) else own
            for folder, record in _runs_of(ablation.tier, variant.approach, source):
                runs = by_setting[_setting(record)]
                runs.setdefault(variant.label, []).append((folder, record))
        for setting, runs in sorted(by_setting.items()):
            # The leaderboard's own run alone compares with nothing.
            if len(runs) > 1:
                found.append(AblationResult(ablation, setting, _outcomes(ablation, runs, results)))
    return found


def learning_curves(results: RunStore, ablation: Ablation) -> list[LearningCurve]:
    """The curves that the ablation shows, of the leaderboard's own runs.

    Raises:
        BenchError: a record is damaged.
    """
    source, found = list(results.runs()), []
    for name in ablation.curves:
        by_setting: dict[str, list[RunRecord]] = defaultdict(list)
        for _, record in _runs_of(get_tier("full"), get_approach(name), source):
            by_setting[_setting(record)].append(record)
        for setting, records in sorted(by_setting.items()):
            epochs = zip(*(record.history for record in records), strict=True)
            values = [[epoch.validation_accuracy for epoch in at_epoch] for at_epoch in epochs]
            found.append(
                LearningCurve(
                    approach=name,
                    setting=setting,
                    seeds=tuple(record.seed for record in records),
                    accuracy=tuple(mean([v for v in value if v is not None]) for value in values),
                )
            )
    return found


def _runs_of(tier: Tier, approach: Approach, source: Runs) -> Runs:
    recipe = plain_recipe(approach)
    latest: dict[tuple[int, str], tuple[Path, RunRecord]] = {}
    for folder, record in sorted(source, key=lambda run: run[1].started):
        if (
            record.approach == approach.name
            and record.recipe == recipe
            and record.tier.name == tier.name
            and record.dataset.name == REAL_DATASET
            and (record.weights is None or record.weights.kind == "imagenet")
        ):
            latest[record.seed, _setting(record)] = (folder, record)
    return [latest[key] for key in sorted(latest)]


def _setting(record: RunRecord) -> str:
    dataset = record.dataset
    known = dataset.train_images + dataset.validation_images
    return (
        f"CIFAR-100 ({dataset.fingerprint[:12]}), {known:,} images to train and validate on, "
        f"{dataset.test_images:,} to test on, "
        f"{record.environment.backend} backend"
    )


def _outcomes(
    ablation: Ablation, runs: dict[str, list[tuple[Path, RunRecord]]], results: RunStore
) -> tuple[Outcome, ...]:
    correct = {
        label: np.stack([results.predictions(folder).credit for folder, _ in found])
        for label, found in runs.items()
    }
    return tuple(
        _outcome(ablation, variant, [record for _, record in runs[variant.label]], correct)
        if variant.label in runs
        else Outcome(variant)
        for variant in ablation.variants
    )


def _outcome(
    ablation: Ablation,
    variant: Variant,
    records: list[RunRecord],
    correct: dict[str, NDArray[np.float64]],
) -> Outcome:
    tests = [record.test.accuracy for record in records]
    difference = None
    if variant.against in correct:
        ours, theirs = correct[variant.label], correct[variant.against]
        difference = (float(ours.mean() - theirs.mean()), difference_interval(ours, theirs))
    kept = [record.kept_epoch for record in records]
    return Outcome(
        variant=variant,
        seeds=tuple(record.seed for record in records),
        epochs=tuple(len(record.history) for record in records),
        fitting_accuracy=mean([epoch.accuracy for epoch in kept if epoch]) if all(kept) else None,
        train_accuracy=mean([record.train.accuracy for record in records]),
        validation_accuracy=_mean_if_all(
            [measured_value("validation_accuracy", record) for record in records]
        ),
        validation_loss=_mean_if_all(
            [measured_value("validation_loss", record) for record in records]
        ),
        test_accuracy=tuple(tests),
        interval=mean_interval(tests),
        difference=difference,
        distance=_distance(ablation, variant, records),
    )


def _mean_if_all(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return mean(present) if len(present) == len(values) else None


def _distance(ablation: Ablation, variant: Variant, records: list[RunRecord]) -> float | None:
    if ablation.tier != get_tier("full"):
        return None
    if ablation.approach:
        reference = get_approach(ablation.approach)
    elif variant.registered:
        reference = variant.approach
    else:
        return None
    distances = []
    for documented in reference.documented:
        if kind_of(documented.quantity) == "accuracy":
            value = _mean_if_all([measured_value(documented.quantity, r) for r in records])
            if value is not None:
                distances.append(abs(value - documented.value))
    return mean(distances) if distances else None
