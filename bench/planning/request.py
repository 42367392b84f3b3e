"""What a user asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bench.approaches.approach import Approach
from bench.approaches.recipes import BACKBONE_DTYPES, BackboneDtype
from bench.errors import BenchError
from bench.planning.tiers import Tier, get_tier
from bench.registry import Registry, load_named

# Seeds of NumPy's legacy generators and of Keras have 32 bits.
MOST_SEEDS = 10_000


@dataclass(frozen=True)
class Request:
    """What a user asks for; `None` and empty mean the tier's own choice.

    Attributes:
        tier: name of the tier.
        approaches: names, shell patterns, or `module:NAME` of an approach in no registry.
        seeds: how many seeds, counted from 0.
        dataset: name of the data set, with options as `bench.planning.datasets` reads them.
        data_dir: folder of its files.
        weights: of VGG-19, see `models.vgg19_weights.find_weights`.
        backend: Keras' backend.
        backbone_dtype: float32 or bfloat16, in which frozen backbones compute.
    """

    tier: str = "short"
    approaches: tuple[str, ...] = ()
    seeds: int | None = None
    dataset: str | None = None
    data_dir: Path | None = None
    weights: str | None = None
    backend: str | None = None
    backbone_dtype: str | None = None


@dataclass(frozen=True)
class Chosen:
    """What a request names, found and checked before any data is sought.

    Attributes:
        tier: the tier.
        approaches: what is run, each with its final recipe.
        known: the registry that they and their bases are in.
    """

    tier: Tier
    approaches: tuple[Approach, ...]
    known: Registry[Approach]


def choose(request: Request, known: Registry[Approach]) -> Chosen:
    """Find what a request names.

    Raises:
        BenchError: a name is unknown or a number is out of range.
    """
    tier = get_tier(request.tier)
    check_seeds(request.seeds)
    dtype = _backbone_dtype(request.backbone_dtype)
    patterns = []
    for pattern in request.approaches:
        if ":" in pattern:
            named = [replace(a, origin=pattern) for a in load_named("approach", pattern, Approach)]
            known = known.extended(*named)
            patterns += [approach.name for approach in named]
        else:
            patterns.append(pattern)
    if dtype is not None:
        changed = tuple(replace(a, recipe=a.recipe.with_backbone_dtype(dtype)) for a in known)
        known = Registry(known.kind, changed, known.broken)
    return Chosen(tier, known.select(patterns), known)


def check_seeds(seeds: int | None) -> None:
    """Raise where the number of seeds is out of range.

    Raises:
        BenchError: it is below 1 or above 10,000.
    """
    if seeds is not None and not 1 <= seeds <= MOST_SEEDS:
        raise BenchError(f"{seeds} seeds asked for; give a number from 1 to {MOST_SEEDS:,}")


def seeds_of(approach: Approach, tier: Tier, asked: int | None = None) -> int:
    """How many seeds of an approach a tier runs, unless a number was asked for."""
    if asked is not None:
        return asked
    return tier.seeds + (approach.extra_seeds if tier.seeds > 1 else 0)


def _backbone_dtype(name: str | None) -> BackboneDtype | None:
    if name is None:
        return None
    for dtype in BACKBONE_DTYPES:
        if name == dtype:
            return dtype
    raise BenchError(f"unknown backbone dtype {name!r}; known: {', '.join(BACKBONE_DTYPES)}")
