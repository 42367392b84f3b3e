"""The models that can be named: built in, and of installed packages."""

from __future__ import annotations

from functools import cache

from bench.registry import Registry, load_registry
from models.registry import ENTRIES, ModelEntry, get_entry

GROUP = "cifar100_bench.models"


@cache
def installed_models() -> Registry[ModelEntry]:
    """The built-in models, then those of installed packages."""
    return load_registry("model", ENTRIES, ModelEntry, GROUP)


def model_entry(name: str) -> ModelEntry:
    """The entry of a model by its name, or by `module:name` of an entry or of a factory.

    Raises:
        models.ModelError: there is none.
    """
    known = installed_models()
    return known.get(name) if name in known else get_entry(name)
