"""The estimators by name; none is imported before it fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, cast

from bench.approaches.recipes import ForestRecipe, NetworkRecipe
from bench.estimators.protocol import Estimator
from bench.registry import Registry, load_registry

GROUP = "cifar100_bench.estimators"


@dataclass(frozen=True)
class EstimatorEntry:
    """One kind of thing that can be fitted.

    Attributes:
        name: what recipes call it in `estimator`.
        description: for people.
        recipe: the class of its recipes, a frozen dataclass of plain values.
        implementation: `module:Class` of a `bench.estimators.protocol.Estimator`.
    """

    name: str
    description: str
    recipe: type[Any]
    implementation: str

    def load(self) -> Estimator:
        """The estimator itself."""
        module, _, name = self.implementation.partition(":")
        return cast(Estimator, getattr(import_module(module), name)())


ESTIMATORS = (
    EstimatorEntry(
        "network",
        "a Keras network, or a head on a frozen backbone",
        NetworkRecipe,
        "bench.estimators.network:NetworkEstimator",
    ),
    EstimatorEntry(
        "forest",
        "scikit-learn's random forest on a network's features",
        ForestRecipe,
        "bench.estimators.forest:ForestEstimator",
    ),
)


@cache
def installed_estimators() -> Registry[EstimatorEntry]:
    """The built-in estimators, then those of installed packages."""
    return load_registry("estimator", ESTIMATORS, EstimatorEntry, GROUP)


def recipe_types() -> dict[str, type[Any]]:
    """The class of recipe of each estimator, by its name."""
    return {entry.name: entry.recipe for entry in installed_estimators()}
