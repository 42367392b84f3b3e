"""What a tracker is told of a run: the same from a run that begins and from its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.approaches.recipes import digest
from bench.planning.run_spec import RunSpec
from bench.records.metrics import Scores
from bench.records.record import EpochPart, RunRecord

Plain = str | int | float | bool


@dataclass(frozen=True)
class RunCard:
    """A run's name and place in a tracker, and all that determines it.

    Attributes:
        key: of the run, see `bench.planning.run_spec.RunSpec.key`.
        name: unique among all runs.
        group: what is compared with each other: a tier on a data set.
        tags: a few words to filter by.
        parameters: the recipe and everything else that is in the key, flat.
    """

    key: str
    name: str
    group: str
    tags: Mapping[str, str]
    parameters: Mapping[str, Plain]


def card_of_run(run: RunSpec) -> RunCard:
    """The card of a run that begins."""
    return _card(
        key=run.key,
        approach=run.approach,
        seed=run.seed,
        recipe=run.plain_recipe,
        tier=(run.tier.name, run.tier.parameters),
        dataset=(run.dataset, run.fingerprint),
        backend=run.backend,
        weights=run.weights.description if run.weights else None,
    )


def card_of_record(record: RunRecord) -> RunCard:
    """The card of a run that is recorded."""
    return _card(
        key=record.key,
        approach=record.approach,
        seed=record.seed,
        recipe=record.recipe,
        tier=(record.tier.name, record.tier.parameters),
        dataset=(record.dataset.name, record.dataset.fingerprint),
        backend=record.environment.backend,
        weights=record.weights.description if record.weights else None,
    )


def epoch_metrics(epoch: EpochPart) -> dict[str, float]:
    """One epoch's numbers by their names in the record; without those that were not measured."""
    return {name: value for name, value in epoch.model_dump().items() if value is not None}


def final_scores(record: RunRecord) -> dict[str, float]:
    """The scores of the finished model as `<part>/<score>`."""
    parts = {"train": record.train, "validation": record.validation, "test": record.test}
    return {
        f"{part}/{name}": getattr(scores, name)
        for part, scores in parts.items()
        if scores is not None
        for name in Scores.model_fields
        if name != "images"
    }


def version_of(record: RunRecord) -> str:
    """Hash of all that a record says: the same key done again has another version."""
    return digest(record.model_dump(mode="json"))


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Plain]:
    """A tree of plain values with `a.b` for keys; what is `None` becomes the word `none`."""
    flat: dict[str, Plain] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        elif isinstance(value, Plain):
            flat[prefix + name] = value
        else:
            flat[prefix + name] = "none" if value is None else str(value)
    return flat


def _card(
    *,
    key: str,
    approach: str,
    seed: int,
    recipe: Mapping[str, Any],
    tier: tuple[str, Mapping[str, Any]],
    dataset: tuple[str, str],
    backend: str,
    weights: str | None,
) -> RunCard:
    tags = {
        "approach": approach,
        "tier": tier[0],
        "dataset": dataset[0],
        "backend": backend,
    }
    determined = {
        **tags,
        "seed": seed,
        "dataset.fingerprint": dataset[1],
        "weights": weights,
        "recipe": recipe,
        "tier.parameters": tier[1],
    }
    return RunCard(
        key=key,
        name=f"{approach}-seed{seed}-{key}",
        group=f"{dataset[0]}-{tier[0]}",
        tags=tags,
        parameters=flatten(determined),
    )
