"""Temporary files that killed programs left behind, found again by their names and removed.

A file that is being written is called `.<name>.<random>.<host>-<process>.tmp`, so that anybody can
tell whether its writer is still there: on the same host by its process, on another by the file's
age. Files of other users are never touched.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

# Nothing here takes longer to write, on any host.
OLD_SECONDS = 24 * 3600
_NAME = re.compile(r"\..+\.([0-9a-f]{8})-(\d{1,10})\.tmp")


def suffix() -> str:
    """The end of the name of a temporary file of this process."""
    return f".{_host()}-{os.getpid()}.tmp"


def sweep(folder: Path) -> list[Path]:
    """Remove the temporary files below a folder whose writers are gone; gives their paths.

    What cannot be looked at or removed stays.
    """
    return [path for path in _found(folder) if _is_left(path) and _removed(path)]


def _found(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        yield from (Path(where, name) for name in names if _NAME.fullmatch(name))


def _is_left(path: Path) -> bool:
    named = _NAME.fullmatch(path.name)
    try:
        stat = path.lstat()
    except OSError:
        return False
    if named is None or stat.st_uid != os.geteuid():
        return False
    if named[1] == _host():
        return not _is_alive(int(named[2]))
    return time.time() - stat.st_mtime > OLD_SECONDS


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _removed(path: Path) -> bool:
    with suppress(OSError):
        path.unlink()
        return True
    return False


@cache
def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
