"""Plug-ins that cannot be loaded cost one line on standard error, and the rest goes on."""

from __future__ import annotations

import sys
from importlib import import_module

# Each is told from where a command loaded it: a registry that nobody asked for is not filled here.
_REGISTRIES = (
    ("bench.approaches.registry", "installed_approaches"),
    ("bench.approaches.claim_sets", "installed_claim_sets"),
    ("bench.planning.datasets", "installed_datasets"),
    ("bench.planning.models", "installed_models"),
    ("bench.estimators.registry", "installed_estimators"),
    ("bench.engines.registry", "installed_engines"),
    ("bench.trackers.registry", "installed_trackers"),
    ("bench.report.parts", "installed_parts"),
)
_told: set[str] = set()


def tell_broken() -> None:
    """Say each plug-in that is left out of a registry in use, once."""
    for module, name in _REGISTRIES:
        if module not in sys.modules:
            continue
        registry = getattr(import_module(module), name)
        if not registry.cache_info().currsize:
            continue
        for line in registry().broken:
            if line not in _told:
                _told.add(line)
                print(f"bench: {line}", file=sys.stderr)
