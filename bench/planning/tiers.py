"""The tiers: how much of the data, of the recipe and of the randomness a run uses."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.registry import Registry

# Marks a field that changes what a run computes: only these are part of a run's key.
_IN_KEY = {"in_key": True}


@dataclass(frozen=True)
class Tier:
    """One depth of the benchmark.

    Attributes:
        name: on the command line, in records, and as pytest marker.
        purpose: for people.
        train_per_class: most training images a class, before the split; `None` takes all.
        test_per_class: most test images a class; `None` takes all.
        max_epochs: cap on a recipe's epochs; `None` keeps the recipe's own.
        max_trees: cap on a forest's trees; `None` keeps the recipe's own.
        seeds: how many seeds are run unless told otherwise.
        dataset: which images unless told otherwise, as `datasets.load_dataset` names them.
        weights: which backbone unless told otherwise, as `models.vgg19_weights` names them.
    """

    name: str
    purpose: str
    train_per_class: int | None = field(metadata=_IN_KEY)
    test_per_class: int | None = field(metadata=_IN_KEY)
    max_epochs: int | None = field(metadata=_IN_KEY)
    max_trees: int | None = field(metadata=_IN_KEY)
    seeds: int
    dataset: str = "auto"
    weights: Literal["auto", "random"] = "auto"

    @property
    def complete(self) -> bool:
        """Whether nothing is capped: the documented protocols on all images."""
        return all(value is None for value in self.parameters.values())

    @property
    def parameters(self) -> dict[str, Any]:
        """What of a tier has an effect on a run's result; `None` is a cap that is not set."""
        return {
            item.name: getattr(self, item.name)
            for item in dataclasses.fields(self)
            if item.metadata.get("in_key")
        }


TIERS: tuple[Tier, ...] = (
    Tier(
        name="smoke",
        purpose="does everything run? under a minute on two cores; scores mean nothing",
        train_per_class=1,
        test_per_class=1,
        max_epochs=1,
        max_trees=4,
        seeds=1,
        dataset="shapes100",
        weights="random",
    ),
    Tier(
        name="short",
        purpose="do the approaches keep their order? under ten minutes on two cores",
        train_per_class=20,
        test_per_class=10,
        max_epochs=15,
        max_trees=100,
        seeds=1,
    ),
    Tier(
        name="full",
        purpose="do the published numbers hold? the documented protocols on all images",
        train_per_class=None,
        test_per_class=None,
        max_epochs=None,
        max_trees=None,
        seeds=5,
    ),
)


def get_tier(name: str) -> Tier:
    """The tier of this name.

    Raises:
        BenchError: there is none.
    """
    return Registry("tier", TIERS).get(name)
