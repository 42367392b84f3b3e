"""What an approach is: a model, a recipe, and what is documented of them."""

from __future__ import annotations

from dataclasses import dataclass

from bench.approaches.claims import Decision, Documented, Quantity
from bench.approaches.recipes import Recipe

# An approach and what is documented of it come from one place.
__all__ = ["Approach", "Decision", "Documented", "Quantity"]


@dataclass(frozen=True)
class Approach:
    """One entry of the benchmark.

    Attributes:
        name: the identifier used on the command line and in records.
        title: for people.
        model: name in `models.registry`; for a forest, the model that extracts the features.
        recipe: how it is trained.
        documented: every number that the report gives.
        decisions: what the report leaves open, what was chosen, why, and by which rule.
        extra_seeds: how many more than a tier asks of every approach, where it asks for several:
            of networks that are cheap and spread widely.
        origin: `module:NAME` of an approach that was named so and is in no registry.
    """

    name: str
    title: str
    model: str
    recipe: Recipe
    documented: tuple[Documented, ...] = ()
    decisions: tuple[Decision, ...] = ()
    extra_seeds: int = 0
    origin: str = ""

    @property
    def fitted(self) -> bool:
        """Whether a choice was made by looking at a documented number, which then tests nothing."""
        return any(decision.basis == "fitted" for decision in self.decisions)

    def documented_value(self, quantity: Quantity) -> Documented | None:
        """The published number of this quantity, or `None`."""
        return next((d for d in self.documented if d.quantity == quantity), None)
