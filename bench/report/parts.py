"""Parts of the report's page that come from elsewhere: other rooms, and installed packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from bench.pages.sections import Section
from bench.records.store import RunStore
from bench.registry import Registry, load_registry

GROUP = "cifar100_bench.sections"


@dataclass(frozen=True)
class PartEntry:
    """One more part of the page.

    Attributes:
        name: unique.
        description: for people.
        make: `module:function` that gives the part of a store, or `None` where there is nothing
            to say; the same records must give the same part.
    """

    name: str
    description: str
    make: str

    def of(self, store: RunStore) -> Section | None:
        """The part of a store."""
        module, _, name = self.make.partition(":")
        function: Callable[[RunStore], Section | None] = getattr(import_module(module), name)
        return function(store)


PARTS = (PartEntry("ablations", "what the ablations settle", "bench.ablations.page:report_part"),)


@cache
def installed_parts() -> Registry[PartEntry]:
    """The built-in parts, then those of installed packages."""
    return load_registry("page section", PARTS, PartEntry, GROUP)


def more_parts(store: RunStore) -> tuple[Section, ...]:
    """Every part that has something to say of a store."""
    return tuple(part for entry in installed_parts() if (part := entry.of(store)) is not None)
