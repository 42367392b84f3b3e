"""How nearest neighbours are found: plain values that are part of a run's key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bench.approaches.recipes import BackboneDtype, FrozenBackbone
from bench.estimators.registry import EstimatorEntry


@dataclass(frozen=True)
class NeighboursRecipe:
    """Voting by the nearest training images.

    Attributes:
        base: the approach whose frozen backbone's features are compared; its split holds.
        neighbours: how many vote.
        metric: as scikit-learn names it.
    """

    base: str
    neighbours: int = 5
    metric: str = "cosine"

    estimator: ClassVar[str] = "neighbours"
    needs_trained_base: ClassVar[bool] = False
    backbone: ClassVar[FrozenBackbone | None] = None
    reads_features: ClassVar[bool] = False
    one_core: ClassVar[bool] = False
    # There is nothing random in it: `bench check` then asks that every seed gives the same.
    uses_seed: ClassVar[bool] = False

    def epochs_under(self, cap: int | None) -> int:
        """Neighbours are not trained by epochs: 0."""
        return 0

    def with_backbone_dtype(self, dtype: BackboneDtype) -> NeighboursRecipe:
        """The recipe itself: the backbone is its base's."""
        return self


NEIGHBOURS = EstimatorEntry(
    "neighbours",
    "the nearest training images vote, by a backbone's features",
    NeighboursRecipe,
    "bench_neighbours.estimator:NeighboursEstimator",
)
