"""A run before it is done: what determines it, and where it will be kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.approaches.recipes import (
    BackboneDtype,
    ForestRecipe,
    NetworkRecipe,
    with_backbone_dtype,
)
from bench.approaches.registry import Approach, get_approach, plain_recipe
from bench.planning.keys import CODE_VERSION, run_key
from bench.planning.tiers import Tier
from bench.progress import events
from bench.records.store import RunStore
from datasets import ImageDataset
from models.vgg19_weights import BackboneWeights


@dataclass(frozen=True)
class RunContext:
    """What all runs of one matrix share.

    Attributes:
        dataset: the images.
        tier: how much of everything.
        store: where records go.
        backend: Keras' backend, as records and keys name it.
        weights: of VGG-19; `None` where none could be had.
        cache: folder of the feature cache.
        listener: told what happens.
        rerun: run again what is already recorded.
        networks: where a forest finds its trained network; `None` means in `store`.
        backbone_dtype: in which frozen backbones compute, instead of what their recipes say.
    """

    dataset: ImageDataset
    tier: Tier
    store: RunStore
    backend: str
    weights: BackboneWeights | None
    cache: Path
    listener: events.Listener = events.null_listener
    rerun: bool = False
    networks: RunStore | None = None
    backbone_dtype: BackboneDtype | None = None


@dataclass(frozen=True)
class Run:
    """One approach with one seed."""

    approach: Approach
    seed: int
    context: RunContext

    @property
    def base(self) -> Run | None:
        """For a forest, the run whose network gives the features."""
        recipe = self.approach.recipe
        if not isinstance(recipe, ForestRecipe):
            return None
        context = self.context
        if context.networks:
            context = dataclasses.replace(context, store=context.networks, networks=None)
        return Run(get_approach(recipe.base), self.seed, context)

    @property
    def network_recipe(self) -> NetworkRecipe:
        """The recipe of the network; a forest's is its base's."""
        recipe = self.approach.recipe
        if isinstance(recipe, ForestRecipe):
            return Run(get_approach(recipe.base), self.seed, self.context).network_recipe
        if recipe.backbone is None or self.context.backbone_dtype is None:
            return recipe
        backbone = dataclasses.replace(recipe.backbone, dtype=self.context.backbone_dtype)
        return dataclasses.replace(recipe, backbone=backbone)

    @property
    def plain_recipe(self) -> dict[str, Any]:
        """All that the run does, as plain JSON values."""
        plain = plain_recipe(self.approach)
        dtype = self.context.backbone_dtype
        return with_backbone_dtype(plain, dtype) if dtype else plain

    @property
    def epochs(self) -> int:
        """The most epochs that the network is trained under this tier; 0 for a forest."""
        recipe = self.approach.recipe
        if isinstance(recipe, ForestRecipe):
            return 0
        return min(recipe.epochs, self.context.tier.max_epochs or recipe.epochs)

    @cached_property
    def key(self) -> str:
        """Hash of everything that determines the run, see `bench.planning.keys.run_key`."""
        weights = self.context.weights if self.network_recipe.backbone else None
        return run_key(
            code_version=CODE_VERSION,
            approach=self.approach.name,
            recipe=self.plain_recipe,
            dataset=self.context.dataset.fingerprint,
            tier=self.context.tier.parameters,
            seed=self.seed,
            backend=self.context.backend,
            weights=(weights.sha256 or weights.description) if weights else None,
        )

    @property
    def folder(self) -> Path:
        """Where the run keeps its files."""
        return self.context.store.folder(
            dataset=self.context.dataset.name,
            tier=self.context.tier.name,
            approach=self.approach.name,
            seed=self.seed,
            key=self.key,
        )
