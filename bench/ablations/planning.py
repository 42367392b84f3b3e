"""The runs of an ablation, and where their records lie."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from bench.ablations.ablation import Ablation, Variant
from bench.ablations.earlier import EARLIER
from bench.ablations.entries import select_ablations
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


def plan_ablations(patterns: Sequence[str], request: Request) -> Plan:
    """Turn names of ablations into runs, none twice; approaches and tiers are the ablations' own.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: bad input, in one line.
    """
    ablations = select_ablations(tuple(patterns))
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
