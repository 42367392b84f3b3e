"""The runs of an ablation, and where their records lie."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from bench.ablations.entries import Ablation, Variant, select_ablations
from bench.planning.plan import Plan, Request, prepare
from bench.planning.runs import Run, RunContext
from bench.planning.tiers import get_tier
from bench.progress import events
from bench.records.store import RunStore

FOLDER = "ablations"


@dataclass(frozen=True)
class AblationPlan:
    """All runs of some ablations, none twice, and what cannot run here."""

    ablations: tuple[Ablation, ...]
    plan: Plan


def ablation_store(results: RunStore) -> RunStore:
    """Where the records lie that belong to no leaderboard."""
    return RunStore(results.root / FOLDER)


def is_on_the_leaderboard(ablation: Ablation, variant: Variant) -> bool:
    """Whether the leaderboard has this very run: a registered approach under a known tier."""
    return variant.registered and ablation.tier == get_tier("full")


def plan_ablations(
    patterns: Sequence[str], request: Request, listener: events.Listener = events.null_listener
) -> AblationPlan:
    """Turn names of ablations into runs; approaches, tier and results come from the ablations.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: bad input, in one line.
    """
    ablations = select_ablations(tuple(patterns))
    approaches = [variant.approach for ablation in ablations for variant in ablation.variants]
    context, skipped = prepare(request, get_tier("full"), approaches, listener)
    unable = {skip.approach for skip in skipped}
    runs = {
        run.folder: run
        for ablation in ablations
        for variant in ablation.variants
        if variant.approach.name not in unable
        for seed in range(request.seeds or ablation.seeds)
        for run in [run_of(ablation, variant, seed, context)]
    }
    return AblationPlan(ablations, Plan(tuple(runs.values()), skipped))


def ablation_plan(patterns: Sequence[str], request: Request) -> Plan:
    """The runs of `plan_ablations`, for processes that share them."""
    return plan_ablations(patterns, request).plan


def run_of(ablation: Ablation, variant: Variant, seed: int, context: RunContext) -> Run:
    """One run of a variant; `context` is that of the leaderboard's own runs."""
    context = dataclasses.replace(context, tier=ablation.tier)
    if is_on_the_leaderboard(ablation, variant):
        return Run(variant.approach, seed, context)
    networks = context.store if ablation.tier == get_tier("full") else None
    store = ablation_store(context.store)
    return Run(variant.approach, seed, dataclasses.replace(context, store=store, networks=networks))
