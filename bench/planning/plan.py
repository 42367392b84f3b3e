"""From what a user asks for to a context and its runs: all bad input ends here."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.approaches.recipes import BACKBONE_DTYPES, BackboneDtype
from bench.approaches.registry import Approach, select_approaches
from bench.errors import BenchError
from bench.planning.runs import Run, RunContext
from bench.planning.tiers import Tier, get_tier
from bench.progress import events
from bench.records.store import RunStore
from bench.system.backend import choose_backend
from bench.system.files import atomic_writer
from datasets import ImageDataset, load_dataset
from datasets.array_cache import default_cache_dir
from models.errors import WeightsError
from models.vgg19_weights import ENVIRONMENT_VARIABLE, BackboneWeights, find_weights


@dataclass(frozen=True)
class Request:
    """What a user asks for; `None` and empty mean the tier's own choice.

    Attributes:
        tier: name of the tier.
        approaches: names or shell patterns.
        seeds: how many seeds, counted from 0.
        dataset: name of the data set.
        data_dir: folder of CIFAR-100.
        weights: of VGG-19, see `models.vgg19_weights.find_weights`.
        backend: Keras' backend.
        results: folder of records and leaderboard.
        rerun: run again what is recorded.
        backbone_dtype: float32 or bfloat16, in which frozen backbones compute.
    """

    tier: str = "short"
    approaches: tuple[str, ...] = ()
    seeds: int | None = None
    dataset: str | None = None
    data_dir: Path | None = None
    weights: str | None = None
    backend: str | None = None
    results: Path = Path("results")
    rerun: bool = False
    backbone_dtype: str | None = None


@dataclass(frozen=True)
class Plan:
    """The runs that were asked for, and the approaches that cannot run here."""

    runs: tuple[Run, ...]
    skipped: tuple[events.RunSkipped, ...]


def plan(request: Request, listener: events.Listener = events.null_listener) -> Plan:
    """Turn a request into runs, ordered so that a forest follows its network.

    Approaches that lack VGG-19's weights are skipped with a reason, unless they or the weights
    were asked for by name.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: bad input, in one line.
    """
    tier = get_tier(request.tier)
    approaches = select_approaches(request.approaches)
    context, skipped = prepare(request, tier, approaches, listener)
    unable = {skip.approach for skip in skipped}
    runs = tuple(
        Run(approach, seed, context)
        for approach in approaches
        if approach.name not in unable
        for seed in range(seeds_of(approach, tier, request.seeds))
    )
    return Plan(runs, skipped)


def seeds_of(approach: Approach, tier: Tier, asked: int | None = None) -> int:
    """How many seeds of an approach a tier runs, unless a number was asked for."""
    if asked is not None:
        return asked
    return tier.seeds + (approach.extra_seeds if tier.seeds > 1 else 0)


def prepare(
    request: Request,
    tier: Tier,
    approaches: Sequence[Approach],
    listener: events.Listener = events.null_listener,
) -> tuple[RunContext, tuple[events.RunSkipped, ...]]:
    """What the runs of these approaches share, and which of them cannot run here.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: bad input, in one line.
    """
    if request.seeds is not None and request.seeds < 1:
        raise BenchError(f"{request.seeds} seeds asked for; at least 1 is needed")
    backend = choose_backend(request.backend)
    check_writable(request.results)
    context = RunContext(
        dataset=_dataset(request, tier),
        tier=tier,
        store=RunStore(request.results),
        backend=backend,
        weights=None,
        cache=default_cache_dir(),
        listener=listener,
        rerun=request.rerun,
        backbone_dtype=_backbone_dtype(request.backbone_dtype),
    )
    weights, lacking = _weights(request, tier, approaches, context)
    context = dataclasses.replace(context, weights=weights)
    return context, tuple(
        events.RunSkipped(a.name, lacking)
        for a in approaches
        if lacking and Run(a, 0, context).network_recipe.backbone
    )


def _backbone_dtype(name: str | None) -> BackboneDtype | None:
    if name is None:
        return None
    for known in BACKBONE_DTYPES:
        if name == known:
            return known
    raise BenchError(f"unknown backbone dtype {name!r}; known: {', '.join(BACKBONE_DTYPES)}")


def dataset_name(asked: str | None, data_dir: Path | None, default: str = "auto") -> str:
    """Which data set is meant: the one asked for, else CIFAR-100 where its folder is given."""
    return asked or ("cifar100" if data_dir else default)


def _dataset(request: Request, tier: Tier) -> ImageDataset:
    name = dataset_name(request.dataset, request.data_dir, tier.dataset)
    if name == "shapes100" and tier.train_per_class is not None and tier.name == "smoke":
        return load_dataset(name, per_class=(tier.train_per_class, tier.test_per_class or 1))
    return load_dataset(name, data_dir=request.data_dir)


def _weights(
    request: Request, tier: Tier, approaches: Sequence[Approach], context: RunContext
) -> tuple[BackboneWeights | None, str]:
    """The weights and, where there are none, the reason."""
    if not any(Run(a, 0, context).network_recipe.backbone for a in approaches):
        return None, ""
    wanted = request.weights or tier.weights
    by_name = wanted != "auto" or ENVIRONMENT_VARIABLE in os.environ or bool(request.approaches)
    try:
        return find_weights(wanted), ""
    except WeightsError as error:
        if by_name:
            raise
        return None, str(error)


def check_writable(results: Path) -> None:
    """Find out before any work whether results can be written.

    Raises:
        BenchError: they cannot.
    """
    probe = results / ".writable"
    with atomic_writer(probe):
        pass
    probe.unlink()
