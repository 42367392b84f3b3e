"""What an ablation is: a question, and the variants that are tried for it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any

from bench.ablations.earlier import EARLIER
from bench.approaches.approach import Approach
from bench.approaches.recipes import replaced
from bench.approaches.registry import APPROACHES
from bench.planning.tiers import Tier, get_tier
from bench.registry import Registry


@dataclass(frozen=True)
class Variant:
    """One thing that is tried.

    Attributes:
        label: what it is, in a few words.
        approach: how it runs; a registered approach, or one that differs from it.
        against: label of the variant that its accuracy is held against; none if empty.
        known: the approaches, as they were registered when the question was asked.
    """

    label: str
    approach: Approach
    against: str = ""
    known: Registry[Approach] = field(default=EARLIER, compare=False)

    @property
    def registered(self) -> bool:
        """Whether this is an approach as it was registered then, with nothing changed."""
        return self.approach in self.known.entries

    @property
    def registered_now(self) -> bool:
        """Whether a registered approach trains this very model by this very recipe today."""
        return any(
            (approach.model, approach.recipe) == (self.approach.model, self.approach.recipe)
            for approach in APPROACHES
        )


@dataclass(frozen=True)
class Ablation:
    """One question.

    Attributes:
        name: on the command line and as anchor on pages.
        question: for people.
        approach: name of the approach whose documented numbers the variants are held against;
            empty where each registered variant brings its own.
        variants: what is tried.
        conclusion: what was chosen, and why; empty while it is open.
        tier: how much of the data.
        seeds: how many seeds unless told otherwise.
        curves: names of approaches whose validation accuracy is shown epoch by epoch. A run's
            first epochs are all that a shorter run of the same seed would do, as the learning rate
            is constant and neither order nor draws depend on the number of epochs.
    """

    name: str
    question: str
    approach: str
    variants: tuple[Variant, ...]
    conclusion: str = ""
    tier: Tier = dataclasses.field(default_factory=lambda: get_tier("full"))
    seeds: int = 1
    curves: tuple[str, ...] = ()


def variant(
    label: str,
    base: str,
    *,
    against: str = "",
    known: Registry[Approach] = EARLIER,
    **changes: Any,
) -> Variant:
    """The approach `base` with some fields of its recipe (or its `model`) changed.

    With no change it is the registered approach itself.
    """
    approach = known.get(base)
    model = changes.pop("model", approach.model)
    changed = dataclasses.replace(
        approach, model=model, recipe=replaced(approach.recipe, **changes)
    )
    if changed in known.entries:
        return Variant(label, changed, against, known)
    slug = re.sub(r"[^a-z0-9.]+", "-", label.lower()).strip("-")
    return Variant(label, dataclasses.replace(changed, name=f"{base}+{slug}"), against, known)
