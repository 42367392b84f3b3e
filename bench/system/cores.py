"""The cores that this process may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


def available_cores() -> int:
    """How many there are; fewer than the machine's where it is shared or pinned."""
    return len(own_cores()) or os.cpu_count() or 1


def own_cores() -> list[int]:
    """Their numbers; none where processes cannot be pinned, as on macOS."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def pinned_to(core: int | None) -> Iterator[None]:
    """Let a process that is started in the block have this core alone; `None` changes nothing.

    It must be pinned before it starts: frameworks count their threads when they are imported.
    """
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
