"""From records to a leaderboard: which runs may stand side by side, and what they say together.

A section holds only runs on the same images, with the same tier and the same kind of backbone; a
row only runs that differ in nothing but the seed. All numbers are rounded to six decimals, so that
two machines whose last bits differ write the same file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from bench.analysis.statistics import (
    Interval,
    competition_ranks,
    mean,
    mean_interval,
    paired_test,
    standard_deviation,
    wilson_interval,
)
from bench.analysis.verdicts import (
    REAL_DATASET,
    Verdict,
    can_be_judged,
    images_measured,
    judge,
    judge_gap,
    measured_value,
)
from bench.approaches.approach import Approach, Documented, Quantity
from bench.approaches.recipes import ForestRecipe, Recipe, digest, with_backbone_dtype
from bench.approaches.registry import APPROACHES, plain_recipe
from bench.leaderboard.published import PublishedResult, published_results
from bench.planning.tiers import TIERS
from bench.records.predictions import Hits
from bench.records.record import RunRecord
from bench.records.store import RunStore

# Data sets whose images are drawn by a program: an accuracy on them is no result.
SYNTHETIC = frozenset({"shapes100"})
_DIGITS = 6

Run = tuple[Path, RunRecord]
LoadHits = Callable[[Iterable[Path]], Iterable[Hits]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(_Part):
    """One quantity over the seeds of a row."""

    mean: float
    sd: float | None = Field(description="standard deviation over seeds; none for one seed")
    interval: Interval | None = Field(description="95 % interval of the mean over seeds")
    values: tuple[float, ...] = Field(description="one per seed, in the order of the row's seeds")


class Row(_Part):
    """One approach as it ran: the same recipe, weights, backend and device; seeds differ."""

    rank: int = Field(ge=1)
    approach: str
    title: str
    label: str = Field(description="the approach, with what sets it apart from a row like it")
    recipe: str = Field(description="digest of the recipe")
    registered: bool = Field(description="whether that is the recipe in the registry today")
    backend: str
    device: str
    weights_sha256: str | None
    seeds: tuple[int, ...]
    documented_accuracy: float | None
    documented_step: float | None
    accuracy: Measured
    test_interval: Interval = Field(description="Wilson interval of the mean accuracy")
    verdict: Verdict | None
    top5_accuracy: Measured
    calibration_error: Measured
    parameters: int | None = Field(description="none for a forest")
    flops: int | None = Field(description="of one image")
    training_seconds: Measured
    images_per_second: Measured


class Comparison(_Part):
    """One documented number, or a difference of two, against what was measured."""

    approach: str
    label: str
    quantity: Quantity | Literal["train_minus_validation", "test_minus_validation"]
    documented: float
    step: float
    measured: Measured
    expected: Interval | None = Field(
        description="documented values in here are called reproduced; none without a verdict"
    )
    verdict: Verdict | None
    source: str = Field(description="section of the report")
    explanation: str = Field(description="of a verdict «not reproduced»; else empty")


class Weights(_Part):
    """Where the backbone's weights of a section came from."""

    description: str
    sha256: str | None


class Section(_Part):
    """Runs that may be compared with each other."""

    identity: str = Field(description="hash of images, tier and kind of backbone")
    dataset: str
    fingerprint: str
    sources: tuple[str, ...]
    synthetic: bool
    test_images: int
    tier: str
    tier_parameters: dict[str, Any]
    random_backbone: bool
    judged: bool
    weights: tuple[Weights, ...]
    machines: tuple[str, ...]
    software: tuple[str, ...]
    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]
    not_run: tuple[str, ...] = Field(description="registered approaches without a record here")
    notes: tuple[str, ...]


class Leaderboard(_Part):
    """Everything that the leaderboard's page says."""

    schema_version: Literal[1] = 1
    sections: tuple[Section, ...]
    published: tuple[PublishedResult, ...]

    def sections_of(self, records: Iterable[RunRecord]) -> tuple[Section, ...]:
        """The sections that hold these records, such as those of a matrix that just ended."""
        wanted = {section_identity(record) for record in records}
        return tuple(section for section in self.sections if section.identity in wanted)


def build(store: RunStore, approaches: Sequence[Approach] = APPROACHES) -> Leaderboard:
    """The leaderboard of everything in a store.

    Args:
        store: read whole; each record once, and each predictions file at most once.
        approaches: the registry, for documented numbers and for what was not run.

    Raises:
        BenchError: a record or its predictions are damaged: nothing is left out in silence.
    """
    return assemble(store.runs(), store.hits, approaches)


def assemble(
    runs: Iterable[tuple[Path, RunRecord]],
    load: LoadHits,
    approaches: Sequence[Approach] = APPROACHES,
) -> Leaderboard:
    """The leaderboard of these runs, the same whatever their order.

    Args:
        runs: folders and their records.
        load: reads what the runs in these folders got right, in their order; called for runs that
            have someone to be compared with, once each.
        approaches: as in `build`.
    """
    sections: dict[str, list[Run]] = defaultdict(list)
    for folder, record in runs:
        sections[section_identity(record)].append((folder, record))
    built = [_section(identity, found, load, approaches) for identity, found in sections.items()]
    return Leaderboard(
        sections=tuple(sorted(built, key=_section_order)), published=published_results()
    )


def section_identity(record: RunRecord) -> str:
    """Hash of what runs must share to be compared: images, tier and kind of backbone."""
    return digest(
        [
            record.dataset.name,
            record.dataset.fingerprint,
            record.tier.name,
            record.tier.parameters,
            _has_random_backbone(record),
        ]
    )


def _has_random_backbone(record: RunRecord) -> bool:
    return record.weights is not None and record.weights.kind == "random"


def _section_order(section: Section) -> tuple[Any, ...]:
    depths = [tier.name for tier in reversed(TIERS)]
    return (
        section.synthetic,
        section.dataset != REAL_DATASET,
        section.dataset,
        depths.index(section.tier) if section.tier in depths else len(depths),
        section.tier,
        section.random_backbone,
        section.identity,
    )


def _section(
    identity: str, runs: list[Run], load: LoadHits, approaches: Sequence[Approach]
) -> Section:
    notes: list[str] = []
    groups, replaced = group_runs(runs)
    if replaced:
        notes.append(
            f"{_count(replaced, 'older record')} of a seed that was run again later "
            f"{'is' if replaced == 1 else 'are'} left out."
        )
    records = [record for group in groups for _, record in group]
    first = records[0]
    labels = row_labels(groups)
    ranks = _ranks(groups, labels, load, notes)
    known = {approach.name: approach for approach in approaches}
    rows = [
        _row(group, rank, label, known.get(group[0][1].approach), approaches)
        for group, rank, label in zip(groups, ranks, labels, strict=True)
    ]
    random_backbone = _has_random_backbone(first)
    judged = can_be_judged(first)
    present = {record.approach for record in records}
    return Section(
        identity=identity,
        dataset=first.dataset.name,
        fingerprint=first.dataset.fingerprint,
        sources=_distinct(record.dataset.source for record in records),
        synthetic=first.dataset.name in SYNTHETIC,
        test_images=first.test.images,
        tier=first.tier.name,
        tier_parameters=dict(sorted(first.tier.parameters.items())),
        random_backbone=random_backbone,
        judged=judged,
        weights=tuple(
            Weights(description=description, sha256=sha256 or None)
            for description, sha256 in sorted(
                {(r.weights.description, r.weights.sha256 or "") for r in records if r.weights}
            )
        ),
        machines=_distinct(_machine(record) for record in records),
        software=_distinct(_software(record) for record in records),
        rows=tuple(sorted(rows, key=lambda row: (row.rank, -row.accuracy.mean, row.label))),
        comparisons=tuple(
            comparison
            for approach in approaches
            for group, label in zip(groups, labels, strict=True)
            if judged and group[0][1].approach == approach.name
            for comparison in _comparisons(group, label, approach)
        ),
        not_run=tuple(
            approach.name
            for approach in approaches
            if approach.name not in present
            and (not random_backbone or _uses_backbone(approach.recipe, known))
        ),
        notes=tuple(notes),
    )


def group_runs(runs: Iterable[Run]) -> tuple[list[list[Run]], int]:
    """Runs of one section by row: they differ in nothing but the seed.

    Returns:
        The rows, each sorted by seed, in an order that depends on the records alone; and how many
        runs were left out because their seed was run again later.
    """
    found: dict[tuple[str, ...], dict[int, Run]] = defaultdict(dict)
    replaced = 0
    for run in sorted(runs, key=lambda run: (run[1].started, run[1].key)):
        seeds = found[_row_key(run[1])]
        # Two records of one seed are one draw measured twice, not two draws: a mean over both
        # would claim a seed too many.
        replaced += run[1].seed in seeds
        seeds[run[1].seed] = run
    return [[seeds[seed] for seed in sorted(seeds)] for _, seeds in sorted(found.items())], replaced


def _row_key(record: RunRecord) -> tuple[str, ...]:
    return (
        record.approach,
        digest(record.recipe),
        record.environment.backend,
        record.environment.device,
        (record.weights.sha256 or record.weights.description) if record.weights else "",
        _backbone_dtype(record.recipe),
    )


def _backbone_dtype(recipe: dict[str, Any]) -> str:
    backbone = recipe.get("network", recipe).get("backbone")
    return str(backbone["dtype"]) if backbone else ""


def row_labels(groups: Sequence[Sequence[Run]]) -> list[str]:
    """Names of the rows; a recipe or weights are named only where rows would look the same.

    A backbone in bfloat16 is always named: no recipe in the registry asks for it.
    """
    keys = [_row_key(group[0][1]) for group in groups]
    labels = []
    for key in keys:
        alike = [other for other in keys if other[0] == key[0]]
        details = []
        if key[5] == "bfloat16":
            details.append("bfloat16 backbone")
        elif len({other[1] for other in alike if other[5] == key[5]}) > 1:
            details.append(f"recipe {key[1][:8]}")
        if len({other[4] for other in alike}) > 1:
            details.append(f"weights {key[4][:8]}")
        labels.append(f"{key[0]} ({', '.join(details)})" if details else key[0])
    return labels


def _ranks(
    groups: list[list[Run]], labels: list[str], load: LoadHits, notes: list[str]
) -> tuple[int, ...]:
    p_values = paired_p_values(groups, load)
    notes += [
        f"{labels[i]} and {labels[j]} were not scored on the same images in the same order: "
        "they have no paired test and count as not significantly different."
        for i, j in combinations(range(len(groups)), 2)
        if (i, j) not in p_values
    ]
    means = [mean([record.test.accuracy for _, record in group]) for group in groups]
    return competition_ranks(means, p_values)


def paired_p_values(
    groups: Sequence[Sequence[Run]], load: LoadHits
) -> dict[tuple[int, int], float]:
    """Uncorrected p-values of `paired_test` for each pair i < j of rows of one section.

    A pair that was not scored on the same images in the same order is left out. Nothing is
    loaded for a single row.
    """
    if len(groups) == 1:
        return {}
    scored = [_correct(group, load) for group in groups]
    p_values = {}
    for i, j in combinations(range(len(groups)), 2):
        one, other = scored[i], scored[j]
        if one is not None and other is not None and np.array_equal(one[0], other[0]):
            p_values[i, j] = paired_test(one[1], other[1])
    return p_values


def _correct(
    group: Sequence[Run], load: LoadHits
) -> tuple[NDArray[np.int32], NDArray[np.float64]] | None:
    """Image positions (n,) and hits (seeds, n); `None` where the seeds' images differ."""
    index, correct = None, []
    for hits in load(folder for folder, _ in group):
        index = hits.index if index is None else index
        if not np.array_equal(hits.index, index):
            return None
        correct.append(hits.credit)
    return (index, np.stack(correct)) if index is not None else None


def _row(
    group: list[Run],
    rank: int,
    label: str,
    approach: Approach | None,
    approaches: Sequence[Approach],
) -> Row:
    records = [record for _, record in group]
    first = records[0]
    accuracy = [record.test.accuracy for record in records]
    documented = None
    # Beside other images or a random backbone, the documented number would invite a comparison
    # that means nothing.
    if approach and first.dataset.name == REAL_DATASET and not _has_random_backbone(first):
        documented = approach.documented_value("test_accuracy")
    sized = bool(first.model.parameters or first.model.flops)
    wilson = wilson_interval(mean(accuracy) * first.test.images, first.test.images)
    return Row(
        rank=rank,
        approach=first.approach,
        title=approach.title if approach else first.approach,
        label=label,
        recipe=digest(first.recipe),
        registered=approach is not None
        and plain_recipe(approach, approaches) == with_backbone_dtype(first.recipe, "float32"),
        backend=first.environment.backend,
        device=first.environment.device,
        weights_sha256=first.weights.sha256 if first.weights else None,
        seeds=tuple(record.seed for record in records),
        documented_accuracy=documented.value if documented else None,
        documented_step=documented.step if documented else None,
        accuracy=_measured(accuracy),
        test_interval=_rounded(wilson),
        verdict=judge(documented, accuracy, first.test.images).verdict
        if documented and can_be_judged(first)
        else None,
        top5_accuracy=_measured([record.test.top5_accuracy for record in records]),
        calibration_error=_measured([record.test.calibration_error for record in records]),
        parameters=first.model.parameters if sized else None,
        flops=first.model.flops,
        training_seconds=_measured([record.timings.training for record in records]),
        images_per_second=_measured(
            [record.timings.training_images_per_second for record in records]
        ),
    )


def _comparisons(group: list[Run], label: str, approach: Approach) -> Iterable[Comparison]:
    records = [record for _, record in group]
    for documented in approach.documented:
        values = _values(documented.quantity, records)
        if not values:
            continue
        judgement = judge(documented, values, images_measured(documented.quantity, records[0]))
        yield Comparison(
            approach=approach.name,
            label=label,
            quantity=documented.quantity,
            documented=documented.value,
            step=documented.step,
            measured=_measured(values),
            expected=_rounded(judgement.expected) if judgement.expected else None,
            verdict=judgement.verdict,
            source=documented.source,
            explanation=documented.explanation
            if judgement.verdict == Verdict.NOT_REPRODUCED
            else "",
        )
    yield from _differences(records, label, approach)


def _differences(records: list[RunRecord], label: str, approach: Approach) -> Iterable[Comparison]:
    """The gaps that the report draws its conclusions from."""
    subtrahend = approach.documented_value("validation_accuracy")
    below = _values("validation_accuracy", records)
    minuends: tuple[
        tuple[Quantity, Literal["train_minus_validation", "test_minus_validation"]], ...
    ] = (
        ("train_accuracy", "train_minus_validation"),
        ("test_accuracy", "test_minus_validation"),
    )
    for quantity, name in minuends:
        minuend = approach.documented_value(quantity)
        if minuend is None or subtrahend is None or not below:
            continue
        above = _values(quantity, records)
        gaps = [a - b for a, b in zip(above, below, strict=True)]
        images = (
            images_measured(quantity, records[0]),
            images_measured("validation_accuracy", records[0]),
        )
        judgement = judge_gap(minuend, subtrahend, gaps, images)
        yield Comparison(
            approach=approach.name,
            label=label,
            quantity=name,
            documented=round(minuend.value - subtrahend.value, _DIGITS),
            step=_coarser(minuend, subtrahend),
            measured=_measured(gaps),
            expected=_rounded(judgement.expected) if judgement.expected else None,
            verdict=judgement.verdict,
            source=minuend.source,
            explanation=approach.gap_explanation
            if judgement.verdict == Verdict.NOT_REPRODUCED
            else "",
        )


def _values(quantity: Quantity, records: list[RunRecord]) -> list[float]:
    """One value a record, or none at all where a record lacks the quantity."""
    values = [measured_value(quantity, record) for record in records]
    present = [value for value in values if value is not None]
    return present if len(present) == len(values) else []


def _coarser(one: Documented, other: Documented) -> float:
    return max(one.step, other.step)


def _measured(values: Sequence[float]) -> Measured:
    deviation, interval = standard_deviation(values), mean_interval(values)
    return Measured(
        mean=round(mean(values), _DIGITS),
        sd=None if deviation is None else round(deviation, _DIGITS),
        interval=_rounded(interval) if interval else None,
        values=tuple(round(value, _DIGITS) for value in values),
    )


def _rounded(interval: Interval) -> Interval:
    return Interval(round(interval.low, _DIGITS), round(interval.high, _DIGITS))


def _uses_backbone(recipe: Recipe, known: Mapping[str, Approach]) -> bool:
    if isinstance(recipe, ForestRecipe):
        return recipe.base in known and _uses_backbone(known[recipe.base].recipe, known)
    return recipe.backbone is not None


def _machine(record: RunRecord) -> str:
    environment = record.environment
    return f"{environment.processor}, {_count(environment.cores, 'core')}"


def _software(record: RunRecord) -> str:
    environment = record.environment
    named = ("keras", "tensorflow", "tensorflow-cpu", "jax", "scikit-learn")
    parts = [f"Python {environment.python}"]
    parts += [
        f"{name} {environment.versions[name]}" for name in named if name in environment.versions
    ]
    if environment.commit:
        changed = " with uncommitted changes" if environment.dirty else ""
        parts.append(f"commit {environment.commit[:8]}{changed}")
    return ", ".join(parts)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
