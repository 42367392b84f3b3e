"""What the records say of an ablation: one line a variant, as numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.ablations.ablation import Ablation, Variant
from bench.ablations.earlier import EARLIER
from bench.ablations.planning import ablation_store, is_on_the_leaderboard
from bench.analysis.grouping import RowRuns, SectionRuns, group
from bench.analysis.quantities import MEASURES, Kind
from bench.analysis.statistics import (
    Interval,
    difference_interval,
    holm,
    mean,
    mean_interval,
    paired_test,
)
from bench.analysis.verdicts import measured_value
from bench.approaches.approach import Approach
from bench.approaches.claim_sets import dataset_of_report
from bench.approaches.recipes import digest
from bench.approaches.registry import plain_recipe
from bench.planning.tiers import Tier, get_tier
from bench.records.record import RunRecord
from bench.records.store import RunStore


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
        difference_interval: 95 % of the difference, over new seeds and new images; `None` where
            either side has one seed, whose spread nobody knows.
        p_value: that the two are equally good, by the same variance, corrected for all such
            differences of the table (Holm); `None` where there is no interval.
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
    difference: float | None = None
    difference_interval: Interval | None = None
    p_value: float | None = None
    distance: float | None = None


class Setting(NamedTuple):
    """What the compared runs share beside their tier.

    Attributes:
        fingerprint: of the images.
        images: to train and validate on.
        test_images: to test on.
        backend: that computed.
        device: that it computed on.
        section: see `bench.analysis.grouping.section_identity`.
    """

    fingerprint: str
    images: int
    test_images: int
    backend: str
    device: str
    section: str


@dataclass(frozen=True)
class AblationResult:
    """An ablation on one data set, backend and device."""

    ablation: Ablation
    setting: Setting
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
    setting: Setting
    seeds: tuple[int, ...]
    accuracy: tuple[float, ...]


def ablation_results(results: RunStore, ablations: Iterable[Ablation]) -> list[AblationResult]:
    """One result for each ablation and setting that has a record, in the order given.

    Runs on synthetic images or with a random backbone answer no question and are left out.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    shared, own = group(results.runs()), group(ablation_store(results).runs())
    found = []
    for ablation in ablations:
        by_setting: dict[Setting, dict[str, RowRuns]] = defaultdict(dict)
        for variant in ablation.variants:
            sections = shared if is_on_the_leaderboard(ablation, variant) else own
            for setting, row in _rows_of(ablation.tier, variant.approach, sections).items():
                by_setting[setting][variant.label] = row
        for setting, rows in sorted(by_setting.items()):
            # The leaderboard's own run alone compares with nothing.
            if len(rows) > 1:
                found.append(AblationResult(ablation, setting, _outcomes(ablation, rows, results)))
    return found


def learning_curves(results: RunStore, ablation: Ablation) -> list[LearningCurve]:
    """The curves that the ablation shows, of the leaderboard's own runs.

    Raises:
        BenchError: a record is damaged.
    """
    sections, found = group(results.runs()), []
    for name in ablation.curves:
        rows = _rows_of(get_tier("full"), EARLIER.get(name), sections)
        for setting, row in sorted(rows.items()):
            epochs = zip(*(record.history for record in row.records), strict=True)
            values = [[epoch.validation_accuracy for epoch in at_epoch] for at_epoch in epochs]
            found.append(
                LearningCurve(
                    approach=name,
                    setting=setting,
                    seeds=row.seeds,
                    accuracy=tuple(mean([v for v in value if v is not None]) for value in values),
                )
            )
    return found


def _rows_of(
    tier: Tier, approach: Approach, sections: Sequence[SectionRuns]
) -> dict[Setting, RowRuns]:
    """The approach's row in each setting; of rows with other weights the one started last."""
    recipe = digest(plain_recipe(approach, EARLIER))
    found = [
        (_setting(section, row), row)
        for section in sections
        if section.first.tier.name == tier.name
        and section.first.dataset.name == dataset_of_report(approach.name)
        and not section.random_backbone
        for row in section.rows
        if row.identity.approach == approach.name and row.identity.recipe == recipe
    ]
    return dict(sorted(found, key=lambda one: max(record.started for record in one[1].records)))


def _setting(section: SectionRuns, row: RowRuns) -> Setting:
    dataset = row.first.dataset
    return Setting(
        fingerprint=dataset.fingerprint,
        images=dataset.train_images + dataset.validation_images,
        test_images=dataset.test_images,
        backend=row.identity.backend,
        device=row.identity.device,
        section=section.identity,
    )


def _outcomes(
    ablation: Ablation, rows: Mapping[str, RowRuns], results: RunStore
) -> tuple[Outcome, ...]:
    correct = {
        label: np.stack([hits.credit for hits in results.hits(row.folders)])
        for label, row in rows.items()
    }
    return _corrected(
        [
            _outcome(ablation, variant, rows[variant.label].records, correct)
            if variant.label in rows
            else Outcome(variant)
            for variant in ablation.variants
        ]
    )


def _corrected(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The same outcomes with their p-values corrected for their number."""
    tested = [outcome.p_value for outcome in outcomes if outcome.p_value is not None]
    corrected = iter(holm(tested))
    return tuple(
        outcome if outcome.p_value is None else replace(outcome, p_value=next(corrected))
        for outcome in outcomes
    )


def _outcome(
    ablation: Ablation,
    variant: Variant,
    records: Sequence[RunRecord],
    correct: Mapping[str, NDArray[np.float64]],
) -> Outcome:
    tests = [record.test.accuracy for record in records]
    difference = interval = p_value = None
    if variant.against in correct:
        ours, theirs = correct[variant.label], correct[variant.against]
        difference = float(ours.mean() - theirs.mean())
        if min(len(ours), len(theirs)) > 1:
            interval, p_value = difference_interval(ours, theirs), paired_test(ours, theirs)
    kept = [record.kept_epoch for record in records]
    return Outcome(
        variant=variant,
        seeds=tuple(record.seed for record in records),
        epochs=tuple(len(record.history) for record in records),
        fitting_accuracy=mean([epoch.accuracy for epoch in kept if epoch]) if all(kept) else None,
        train_accuracy=mean([record.train.accuracy for record in records if record.train]),
        validation_accuracy=_mean_if_all(
            [measured_value("validation_accuracy", record) for record in records]
        ),
        validation_loss=_mean_if_all(
            [measured_value("validation_loss", record) for record in records]
        ),
        test_accuracy=tuple(tests),
        interval=mean_interval(tests),
        difference=difference,
        difference_interval=interval,
        p_value=p_value,
        distance=_distance(ablation, variant, records),
    )


def _mean_if_all(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return mean(present) if len(present) == len(values) else None


def _distance(ablation: Ablation, variant: Variant, records: Sequence[RunRecord]) -> float | None:
    if ablation.tier != get_tier("full"):
        return None
    if ablation.approach:
        reference = EARLIER.get(ablation.approach)
    elif variant.registered:
        reference = variant.approach
    else:
        return None
    distances = []
    for documented in reference.documented:
        if MEASURES[documented.quantity].kind is Kind.ACCURACY:
            value = _mean_if_all([measured_value(documented.quantity, r) for r in records])
            if value is not None:
                distances.append(abs(value - documented.value))
    return mean(distances) if distances else None
