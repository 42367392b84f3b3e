"""What must hold between runs: no two are one, and all that share images agree on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from bench.approaches.recipes import digest
from bench.records.record import RunRecord
from bench.verification.evidence import Trace
from bench.verification.problem import Finding, Problem

# Fewer scored images, or epochs, may agree by chance.
_FEWEST_IMAGES = 100


def compare_runs(counting: Sequence[Trace], listed: frozenset[tuple[str, int]]) -> list[Problem]:
    """Every disagreement between the runs of one store.

    Args:
        counting: the runs that count.
        listed: row (see `row_of`) and seed of each run that failed or was set aside.
    """
    return [
        *_copies(counting),
        *_agreements(counting),
        *_missing_seeds(counting, listed),
    ]


def row_of(record: RunRecord) -> str:
    """What all seeds of one row share: a hash of everything that determines a run but its seed."""
    weights = record.weights
    return digest(
        [
            record.code_version,
            record.approach,
            record.recipe,
            record.dataset.fingerprint,
            record.tier.parameters,
            record.environment.backend,
            (weights.sha256 or weights.description) if weights else None,
        ]
    )


def _copies(runs: Sequence[Trace]) -> Iterator[Problem]:
    """Predictions, or a whole history, that belong to another run."""
    of_predictions: Callable[[Trace], Hashable] = lambda run: run.predictions_sha256  # noqa: E731
    for what, key in (("predictions", of_predictions), ("history", _losses)):
        for group in _groups(runs, key):
            for later in group[1:]:
                first = group[0]
                enough = later.record.test.images >= _FEWEST_IMAGES
                if enough and _core(first.record) != _core(later.record):
                    finding = Finding(what, "its own", f"those of {first.folder}")
                    yield finding.at(later.path)


def _losses(run: Trace) -> Hashable:
    losses = tuple((epoch.loss, epoch.accuracy) for epoch in run.record.history)
    return losses if len(set(losses)) > 1 else ""


def _core(record: RunRecord) -> str:
    """Runs that are alike in this may end in the same weights, and so in the same predictions.

    A training that is stopped later may keep the same epoch, and a forest that reads a frozen
    backbone does not see how its network was trained.
    """
    recipe: dict[str, Any] = dict(record.recipe)
    network = recipe.get("network")
    if recipe.get("features") == "backbone" and isinstance(network, dict):
        recipe["network"] = {name: network.get(name) for name in ("split", "backbone")}
        recipe.pop("base", None)
    for name in ("epochs", "early_stopping"):
        recipe.pop(name, None)
    weights = record.weights.sha256 if record.weights else None
    return digest([recipe, record.seed, record.dataset.fingerprint, weights])


def _agreements(runs: Sequence[Trace]) -> Iterator[Problem]:
    """The majority is right: one run that was edited stands against the others."""
    readings: dict[str, tuple[Callable[[Trace], Hashable], Callable[[Trace], Any]]] = {
        "test images and their labels": (
            lambda run: (
                run.record.dataset.fingerprint,
                digest(run.record.tier.parameters.get("test_per_class")),
            ),
            lambda run: run.labels,
        ),
        "dataset.content_digest": (
            lambda run: run.record.dataset.fingerprint,
            lambda run: run.record.dataset.content_digest,
        ),
        "dataset.name": (
            lambda run: run.record.dataset.fingerprint,
            lambda run: run.record.dataset.name,
        ),
        "model": (
            lambda run: (run.record.approach, digest(run.record.recipe)),
            lambda run: run.record.model,
        ),
    }
    for what, (shared, value) in readings.items():
        for group in _groups(runs, shared):
            stated = [(run, value(run)) for run in group if value(run) is not None]
            by_value: dict[Hashable, int] = defaultdict(int)
            for _, one in stated:
                by_value[one] += 1
            if len(by_value) > 1:
                usual = max(by_value, key=lambda one: by_value[one])
                for run, one in stated:
                    if one != usual:
                        shown = "others" if isinstance(one, bytes) else one
                        wanted = f"as in {by_value[usual]} other runs"
                        yield Finding(what, wanted, shown).at(run.path)


def _missing_seeds(runs: Sequence[Trace], listed: frozenset[tuple[str, int]]) -> Iterator[Problem]:
    for group in _groups(runs, lambda run: row_of(run.record)):
        row, seeds = row_of(group[0].record), {run.record.seed for run in group}
        # An absurd seed must not make a list as long.
        holes = (seed for seed in range(min(max(seeds), 10_000)) if seed not in seeds)
        for seed in holes:
            if (row, seed) not in listed:
                wanted = f"seed {seed} beside seeds {sorted(seeds)}, or a reason in the ledger"
                yield Finding("seeds", wanted, "nothing").at(group[0].folder.parent)


def _groups(runs: Iterable[Trace], key: Callable[[Trace], Hashable]) -> list[list[Trace]]:
    """Runs that share something, where there are several; runs without it have no group."""
    found: dict[Hashable, list[Trace]] = defaultdict(list)
    for run in runs:
        if value := key(run):
            found[value].append(run)
    return list(found.values())
