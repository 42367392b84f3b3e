"""The tiers: how much of the data, of the recipe and of the randomness a run uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench.errors import BenchError


@dataclass(frozen=True)
class Tier:
    """One depth of the benchmark.

    Attributes:
        name: on the command line, in records, and as pytest marker.
        purpose: for people.
        train_per_class: training pictures a class before the split; `None` takes all 500.
        test_per_class: test pictures a class; `None` takes all 100.
        max_epochs: cap on a recipe's epochs; `None` keeps the recipe's own.
        max_trees: cap on a forest's trees; `None` keeps the recipe's own.
        seeds: how many seeds are run unless told otherwise.
        dataset: which pictures unless told otherwise, as `datasets.load_dataset` names them.
        weights: which trunk unless told otherwise, as `models.vgg19_weights` names them.
    """

    name: str
    purpose: str
    train_per_class: int | None
    test_per_class: int | None
    max_epochs: int | None
    max_trees: int | None
    seeds: int
    dataset: str = "auto"
    weights: Literal["auto", "random"] = "auto"


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
        purpose="do the published numbers hold? the documented protocols on all pictures",
        train_per_class=None,
        test_per_class=None,
        max_epochs=None,
        max_trees=None,
        seeds=3,
    ),
)

_BY_NAME = {tier.name: tier for tier in TIERS}


def get_tier(name: str) -> Tier:
    """The tier of this name.

    Raises:
        BenchError: there is none.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise BenchError(f"unknown tier {name!r}; known: {', '.join(_BY_NAME)}") from None
