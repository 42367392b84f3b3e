"""Old records brought up to the present schema when they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_RENAMED = {"trunk": "backbone", "trains_trunk": "trains_backbone"}


def upgraded(plain: Any) -> Any:
    """A record's JSON value in the present schema, whatever version it was written in.

    What has no known version is given back as it is, for validation to refuse.
    """
    while isinstance(plain, dict) and isinstance(version := plain.get("schema_version"), int):
        if version not in _UPGRADES:
            break
        plain = _UPGRADES[version](plain)
    return plain


def _from_1(plain: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says backbone where version 1 said trunk, and images where it said pictures."""
    approach = str(plain.get("approach")).replace("pictures", "images").replace("trunk", "backbone")
    return {
        **plain,
        "schema_version": 2,
        "code_version": 1,
        "approach": approach,
        "recipe": _renamed(plain.get("recipe")),
    }


def _from_2(plain: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows more of a run, all of it optional, and says none of a forest's parameters."""
    return {**plain, "schema_version": 3, "model": _sized(plain.get("model"))}


def _sized(model: Any) -> Any:
    counts = ("parameters", "trainable_parameters", "non_trainable_parameters")
    forest = {**dict.fromkeys(counts, 0), "flops": None}
    return dict.fromkeys(forest) if model == forest else model


def _renamed(recipe: Any) -> Any:
    if not isinstance(recipe, dict):
        return recipe
    renamed = {_RENAMED.get(name, name): _renamed(value) for name, value in recipe.items()}
    if renamed.get("features") == "trunk":
        renamed["features"] = "backbone"
    return renamed


_UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1, 2: _from_2}
