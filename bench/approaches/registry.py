"""The approaches: a model, a recipe, and what is documented of them. Adding one is one entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from bench.approaches.approach import Approach
from bench.approaches.recipes import as_plain
from bench.approaches.student_report import approaches as student_report
from bench.registry import Registry, load_registry

APPROACHES: tuple[Approach, ...] = (*student_report.APPROACHES,)
GROUP = "cifar100_bench.approaches"


@cache
def installed_approaches() -> Registry[Approach]:
    """The built-in approaches, then those of installed packages."""
    return load_registry("approach", APPROACHES, Approach, GROUP)


def known_approaches(asked: Sequence[Approach] | None = None) -> Sequence[Approach]:
    """The approaches that are given, else all that are built in or installed."""
    return installed_approaches().entries if asked is None else asked


def get_approach(name: str) -> Approach:
    """The built-in or installed approach of this name.

    Raises:
        BenchError: there is none.
    """
    return installed_approaches().get(name)


def plain_recipe(approach: Approach, registry: Iterable[Approach] | None = None) -> dict[str, Any]:
    """All that a run does, as plain JSON values; its base's recipe is under `network`."""
    plain: dict[str, Any] = as_plain(approach.recipe)
    if approach.recipe.base is not None:
        known = installed_approaches() if registry is None else registry
        base = next(a for a in known if a.name == approach.recipe.base)
        plain["network"] = plain_recipe(base, known)
    return plain
