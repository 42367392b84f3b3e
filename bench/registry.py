"""One kind of registry for everything that can be named: built in, installed, or in a file."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from bench.errors import BenchError, unknown


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str:
        """As it is asked for."""


Entry = TypeVar("Entry", bound=Named)


@dataclass(frozen=True)
class Registry(Generic[Entry]):
    """Entries of one kind in their order, found by name.

    Attributes:
        kind: what an entry is, for messages: "approach".
        entries: no two of one name.
        broken: one line for each plug-in that could not be loaded.

    Example:
        >>> from bench.planning.tiers import TIERS
        >>> Registry("tier", TIERS).get("short").seeds
        1
    """

    kind: str
    entries: tuple[Entry, ...]
    broken: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, name: object) -> bool:
        return any(entry.name == name for entry in self.entries)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in their order."""
        return tuple(entry.name for entry in self.entries)

    def get(self, name: str) -> Entry:
        """The entry of this name.

        Raises:
            BenchError: there is none; the message proposes the nearest name.
        """
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise unknown(self.kind, name, self.names)

    def select(self, patterns: Iterable[str] = ()) -> tuple[Entry, ...]:
        """Entries whose names match any of the shell patterns, in order; none means all.

        Raises:
            BenchError: a pattern matches nothing.
        """
        wanted = tuple(patterns)
        for pattern in wanted:
            if not any(fnmatchcase(name, pattern) for name in self.names):
                self.get(pattern)
        return tuple(
            entry
            for entry in self.entries
            if not wanted or any(fnmatchcase(entry.name, pattern) for pattern in wanted)
        )

    def extended(self, *added: Entry) -> Registry[Entry]:
        """The same registry with more entries at its end.

        Raises:
            BenchError: a name is taken.
        """
        entries = list(self.entries)
        for entry in added:
            if any(entry.name == other.name for other in entries):
                raise BenchError(f"there is another {self.kind} called {entry.name!r}; rename one")
            entries.append(entry)
        return Registry(self.kind, tuple(entries), self.broken)


def load_registry(
    kind: str, built_in: Iterable[Entry], entry_type: type[Entry], group: str
) -> Registry[Entry]:
    """The built-in entries and those of installed packages.

    A package offers one entry, or a tuple of them, under `group` in its entry points. What cannot
    be loaded is left out and told in one line; the rest goes on.
    """
    registry = Registry(kind, tuple(built_in))
    broken = []
    for point in entry_points(group=group):
        try:
            registry = registry.extended(*_entries_of(point.load(), entry_type))
        # A foreign module may raise anything, and may even end the process.
        except (Exception, SystemExit) as error:
            broken.append(f"{kind} plug-in {_name(point)} is left out: {_said(error)}")
    return Registry(kind, registry.entries, tuple(broken))


def load_named(kind: str, reference: str, entry_type: type[Entry]) -> tuple[Entry, ...]:
    """Entries named as `module:NAME`, also of a plain file in the current folder.

    Raises:
        BenchError: the module cannot be imported, or has no such entry.
    """
    module, _, attribute = reference.partition(":")
    import_from_here()
    try:
        found = getattr(importlib.import_module(module), attribute)
        return _entries_of(found, entry_type)
    except (Exception, SystemExit) as error:
        raise BenchError(f"{kind} {reference!r} cannot be loaded: {_said(error)}") from error


def import_from_here() -> None:
    """Let plain files of the current folder be imported; processes started later can too."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)


def _entries_of(found: Any, entry_type: type[Entry]) -> tuple[Entry, ...]:
    entries = tuple(found) if isinstance(found, tuple | list) else (found,)
    for entry in entries:
        if not isinstance(entry, entry_type):
            raise BenchError(f"{type(entry).__name__} is not a {entry_type.__name__}")
    return entries


def _name(point: EntryPoint) -> str:
    return f"{point.name!r} ({point.value})"


def _said(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return words if isinstance(error, BenchError) else f"{type(error).__name__}: {words}"
