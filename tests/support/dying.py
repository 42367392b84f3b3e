"""Death at a chosen step on the disk, as by SIGKILL: nothing behind it happens, not even clean-up.

Whatever the project changes on a disk goes through these few functions. From the chosen call on
each of them raises, so that no `finally` can tidy what a killed process would have left.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

STEPS = (
    (os, "fsync"),
    (tempfile, "mkstemp"),
    (Path, "mkdir"),
    (Path, "replace"),
    (Path, "unlink"),
    (Path, "rmdir"),
)


class Killed(BaseException):
    """No `Exception`: nothing may catch it."""


class Steps:
    """Counts steps on the disk.

    Attributes:
        names: of the steps so far.
    """

    def __init__(self, last: int | None) -> None:
        self.names: list[str] = []
        self._last = last

    def take(self, name: str) -> None:
        """Count one more, or die before it."""
        if self._last is not None and len(self.names) >= self._last:
            raise Killed(f"before step {len(self.names) + 1}, {name}")
        self.names.append(name)


@contextmanager
def dying_after(steps: int | None) -> Iterator[Steps]:
    """Die after so many steps; `None` only counts them."""
    counted = Steps(steps)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, _counting(getattr(owner, name), name, counted))
        yield counted


def _counting(really: Any, name: str, counted: Steps) -> Any:
    def step(*arguments: Any, **options: Any) -> Any:
        counted.take(name)
        return really(*arguments, **options)

    return step
