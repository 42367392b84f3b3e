"""What runs need before they can start: images and pretrained weights, found and identified."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.approaches.approach import Approach
from bench.planning.datasets import (
    Option,
    installed_datasets,
    load_asked,
    named_with_options,
)
from bench.planning.request import Request
from bench.planning.run_spec import RunSpec, WeightsIdentity
from bench.planning.tiers import Tier
from bench.registry import Registry
from datasets import ImageDataset
from datasets.registry import AUTO, PREFERRED, STAND_IN
from models.errors import WeightsError
from models.vgg19_weights import ENVIRONMENT_VARIABLE, BackboneWeights, find_weights


@dataclass(frozen=True)
class Sources:
    """Where this machine has what runs read; none of it is part of what determines a run.

    Attributes:
        data_dir: folder of the data set's files; `None` looks where the loader looks.
        weights: file of VGG-19's weights, `auto` or `random`.
        options: of the data set, such as the size to which a folder's images are resized.
    """

    data_dir: Path | None = None
    weights: str | None = None
    options: tuple[tuple[str, Option], ...] = ()


@dataclass(frozen=True)
class Skip:
    """An approach that was not asked for by name and cannot run here."""

    approach: str
    reason: str


def dataset_of(request: Request, tier: Tier) -> ImageDataset:
    """The images that a request means.

    Raises:
        BenchError, datasets.DataError: they cannot be had.
    """
    name, options = named_with_options(
        dataset_name(request.dataset, request.data_dir, tier.dataset)
    )
    return load_images(name, tier, Sources(request.data_dir, options=tuple(options.items())))


def dataset_name(asked: str | None, data_dir: Path | None, default: str = "auto") -> str:
    """Which data set is meant: what was asked for, else the preferred one of a given folder."""
    return asked or (PREFERRED if data_dir else default)


def load_images(name: str, tier: Tier, sources: Sources) -> ImageDataset:
    """The images of this name; the smoke tier draws no more of a synthetic set than it uses.

    Raises:
        datasets.DataError: they cannot be had.
    """
    known, options = installed_datasets(), dict(sources.options)
    # With `auto` the synthetic set may have to stand in, and its runs ask for it by its name.
    drawn = STAND_IN if name == AUTO else name
    can_be_small = drawn in known and "per_class" in known.get(drawn).options
    if can_be_small and tier.name == "smoke" and tier.train_per_class is not None:
        size = (tier.train_per_class, tier.test_per_class or 1)
        where = sources.data_dir if name == AUTO else None
        return load_asked(name, where, options, per_class=size)
    return load_asked(name, sources.data_dir, options)


def weights_of(
    request: Request,
    tier: Tier,
    approaches: Iterable[Approach],
    known: Registry[Approach],
    *,
    synthetic: bool,
) -> tuple[BackboneWeights | None, tuple[Skip, ...]]:
    """VGG-19's weights, and what cannot run without them.

    Approaches that lack them are skipped with the reason, unless they or the weights were asked
    for by name. On synthetic images a random backbone says as much as a pretrained one, so it is
    taken there unless weights were asked for.

    Raises:
        models.WeightsError: what was asked for by name cannot be had.
    """
    needing = [approach for approach in approaches if has_backbone(approach, known)]
    if not needing:
        return None, ()
    wanted = request.weights or ("random" if synthetic else tier.weights)
    by_name = wanted != "auto" or ENVIRONMENT_VARIABLE in os.environ or bool(request.approaches)
    try:
        return find_weights(wanted), ()
    except WeightsError as error:
        if by_name:
            raise
        return None, tuple(Skip(approach.name, str(error)) for approach in needing)


def has_backbone(approach: Approach, known: Registry[Approach]) -> bool:
    """Whether an approach, or the network that it reads, has a pretrained backbone."""
    owner = known.get(approach.recipe.base) if approach.recipe.base else approach
    return owner.recipe.backbone is not None


def identity_of(weights: BackboneWeights | None) -> WeightsIdentity | None:
    """What of weights determines a run."""
    if weights is None:
        return None
    return WeightsIdentity(weights.kind, weights.description, weights.sha256)


def images_for(spec: RunSpec, sources: Sources) -> ImageDataset:
    """The images of a run, on this machine.

    Raises:
        datasets.DataError: they cannot be had.
    """
    return load_images(spec.dataset, spec.tier, sources)
