"""What a run is: all that determines its result, as hashable data that can be sent anywhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from bench.approaches.approach import Approach
from bench.approaches.recipes import NetworkRecipe, Recipe, as_plain
from bench.approaches.run_key import CODE_VERSION, run_key
from bench.errors import BenchError
from bench.planning.tiers import Tier


@dataclass(frozen=True)
class WeightsIdentity:
    """Which pretrained weights a backbone has.

    Attributes:
        kind: as `models.vgg19_weights.BackboneWeights` says.
        description: for people and records.
        sha256: of the file; `None` for random weights.
    """

    kind: str
    description: str
    sha256: str | None = None


@dataclass(frozen=True)
class RunSpec:
    """One approach with one seed, on one data set, under one tier.

    Attributes:
        approach: its name.
        title: of the approach, for people.
        model: name of the model, or `module:function` of its factory.
        recipe: how it is trained, with everything that was asked for already in it.
        base: the run of the network that this one reads; `None` for a network itself.
        tier: how much of the data, of the recipe and of the randomness.
        dataset: name of the data set.
        fingerprint: of its images and labels in their order.
        seed: of weights, order and masks.
        backend: Keras' backend.
        weights: of the backbone; `None` for a model without one.
        collection: folder of results that its record belongs to; empty for the leaderboard's.
        origin: `module:NAME` where the approach is not in a registry, else empty.
    """

    approach: str
    title: str
    model: str
    recipe: Recipe
    base: RunSpec | None
    tier: Tier
    dataset: str
    fingerprint: str
    seed: int
    backend: str
    weights: WeightsIdentity | None
    collection: str = ""
    origin: str = ""

    @property
    def network_recipe(self) -> NetworkRecipe:
        """The recipe whose split and backbone hold: its own, or that of the network it reads."""
        recipe = self.base.recipe if self.base else self.recipe
        return cast(NetworkRecipe, recipe)

    @property
    def plain_recipe(self) -> dict[str, Any]:
        """All that the run does, as plain JSON values; its base's recipe is under `network`."""
        plain: dict[str, Any] = as_plain(self.recipe)
        return plain | {"network": self.base.plain_recipe} if self.base else plain

    @property
    def epochs(self) -> int:
        """The most epochs that are trained under this tier; 0 for what has none."""
        return self.recipe.epochs_under(self.tier.max_epochs)

    @property
    def needs(self) -> tuple[RunSpec, ...]:
        """The runs whose trained weights this one reads."""
        return (self.base,) if self.base and self.recipe.needs_trained_base else ()

    @property
    def features(self) -> Hashable | None:
        """What determines the frozen features that the run reads; `None` where it reads none.

        Runs of one plan for which it is equal share one file of the feature cache.
        """
        recipe = self.network_recipe
        if not recipe.reads_features:
            return None
        caps = self.tier.train_per_class, self.tier.test_per_class
        model = (self.base or self).model if self.weights and not self.weights.sha256 else ""
        return recipe.backbone, model, self.weights, self.fingerprint, caps, self.backend

    @cached_property
    def key(self) -> str:
        """Hash of everything that determines the run, see `bench.approaches.run_key.run_key`."""
        weights = self.weights
        return run_key(
            code_version=CODE_VERSION,
            approach=self.approach,
            recipe=self.plain_recipe,
            dataset=self.fingerprint,
            tier=self.tier.parameters,
            seed=self.seed,
            backend=self.backend,
            weights=(weights.sha256 or weights.description) if weights else None,
        )

    def to_plain(self) -> dict[str, Any]:
        """As JSON values, for another process or machine."""
        plain = {
            item.name: getattr(self, item.name)
            for item in dataclasses.fields(self)
            if item.name not in ("recipe", "base", "tier", "weights")
        }
        return plain | {
            "recipe": {"estimator": self.recipe.estimator, **as_plain(self.recipe)},
            "base": self.base.to_plain() if self.base else None,
            "tier": dataclasses.asdict(self.tier),
            "weights": dataclasses.asdict(self.weights) if self.weights else None,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], recipes: Mapping[str, type[Any]]) -> RunSpec:
        """What `to_plain` gave.

        Args:
            plain: JSON values.
            recipes: the class of recipe of each estimator, by its name.

        Raises:
            BenchError: a value is missing or wrong, or the estimator is not known here.
        """
        try:
            values = dict(plain)
            recipe = dict(values.pop("recipe"))
            kind = recipes[recipe.pop("estimator")]
            base, weights = values.pop("base"), values.pop("weights")
            return cls(
                recipe=TypeAdapter(kind).validate_python(recipe),
                base=cls.from_plain(base, recipes) if base else None,
                tier=TypeAdapter(Tier).validate_python(values.pop("tier")),
                weights=TypeAdapter(WeightsIdentity).validate_python(weights) if weights else None,
                **_typed(values),
            )
        except (KeyError, TypeError, ValueError, ValidationError, RecursionError) as error:
            said = " ".join(str(error).split())
            raise BenchError(f"this is no description of a run ({said}); plan it again") from error


def _typed(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The plain fields, each of the type that it should have; a seed has 32 bits.

    Raises:
        TypeError: one has not.
    """
    for name, value in values.items():
        if name != "seed" and not isinstance(value, str):
            raise TypeError(f"{name} is no text")
    if type(values["seed"]) is not int or not 0 <= values["seed"] < 1 << 32:
        raise TypeError("seed is no whole number of 32 bits")
    return values


def spec_of(
    approach: Approach,
    seed: int,
    *,
    base: Approach | None,
    tier: Tier,
    dataset: str,
    fingerprint: str,
    backend: str,
    weights: WeightsIdentity | None,
) -> RunSpec:
    """One approach with one seed, and the run of the network that it reads.

    Args:
        approach: with its final recipe.
        seed: of this run and of its base's.
        base: the approach that `approach.recipe.base` names; `None` where it names none.
        tier: as in `RunSpec`.
        dataset: likewise.
        fingerprint: likewise.
        backend: likewise.
        weights: what was found; kept for a model that has a backbone.
    """
    shared: dict[str, Any] = {
        "tier": tier,
        "dataset": dataset,
        "fingerprint": fingerprint,
        "seed": seed,
        "backend": backend,
    }
    network = None
    if base is not None:
        network = spec_of(base, base=None, weights=weights, **shared)
    owner = approach if base is None else base
    return RunSpec(
        approach=approach.name,
        title=approach.title,
        model=approach.model,
        recipe=approach.recipe,
        base=network,
        weights=weights if owner.recipe.backbone else None,
        origin=approach.origin,
        **shared,
    )
