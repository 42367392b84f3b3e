"""The runs of an ablation, and where their records lie."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bench.ablations.ablation import Ablation, Variant
from bench.ablations.earlier import EARLIER
from bench.approaches.claims import ClaimSet
from bench.approaches.recipes import as_plain
from bench.planning.plan import Plan, Setting, prepare, run_of
from bench.planning.request import Request, check_seeds
from bench.planning.run_spec import RunSpec
from bench.planning.tiers import get_tier
from bench.records.store import RunStore

FOLDER = "ablations"


def ablation_store(results: RunStore) -> RunStore:
    """Where the records lie that belong to no leaderboard."""
    return results.collection(FOLDER)


def is_on_the_leaderboard(ablation: Ablation, variant: Variant) -> bool:
    """Whether the leaderboard has this very run: a registered approach under a known tier."""
    return variant.registered and ablation.tier == get_tier("full")


def is_claimed(ablation: Ablation, claim_sets: Iterable[ClaimSet]) -> bool:
    """Whether a claim speaks of a variant of it: then its runs follow the committed protocol.

    The others ask what the recipes of the time before the protocol left open.
    """
    names = {
        name
        for claims in claim_sets
        for claim in claims.claims
        for name in _approaches_in(as_plain(claim.says))
        if name not in claims.aliases
    }
    prefix = "" if ablation.tier == get_tier("full") else f"{ablation.tier.name}/"
    return any(
        not variant.registered and f"{prefix}{variant.approach.name}" in names
        for variant in ablation.variants
    )


def _approaches_in(plain: Any) -> Iterator[str]:
    if isinstance(plain, dict):
        for name, value in plain.items():
            if name == "approach":
                yield value
            else:
                yield from _approaches_in(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _approaches_in(value)


def plan_ablations(ablations: Sequence[Ablation], request: Request) -> Plan:
    """The runs of ablations, none twice; approaches and tiers are the ablations' own.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: bad input, in one line.
    """
    check_seeds(request.seeds)
    approaches = [variant.approach for ablation in ablations for variant in ablation.variants]
    setting, skipped = prepare(request, get_tier("full"), approaches, EARLIER)
    unable = {skip.approach for skip in skipped}
    runs = {
        (run.key, run.collection): run
        for ablation in ablations
        for variant in ablation.variants
        if variant.approach.name not in unable
        for seed in range(request.seeds or ablation.seeds)
        for run in [variant_run(ablation, variant, seed, setting)]
    }
    return Plan(tuple(runs.values()), skipped, setting)


def variant_run(ablation: Ablation, variant: Variant, seed: int, setting: Setting) -> RunSpec:
    """One run of a variant; its network, if it reads one, is the leaderboard's where it has it."""
    run = run_of(variant.approach, seed, ablation.tier, setting, EARLIER)
    if is_on_the_leaderboard(ablation, variant):
        return run
    base = run.base
    if base is not None and ablation.tier != get_tier("full"):
        base = dataclasses.replace(base, collection=FOLDER)
    return dataclasses.replace(run, collection=FOLDER, base=base)
