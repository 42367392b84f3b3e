"""A sign of life beside a run that is being done, for whoever sees the folder from elsewhere."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.system.files import write_text_atomically

FILE = "running.json"
_BEAT_SECONDS = 10.0
# Several beats, as a busy file system shows one late and clocks of machines differ.
SILENT_SECONDS = 60.0


@dataclass(frozen=True)
class Sign:
    """What a process has left beside its run.

    Attributes:
        host: name of its machine.
        process: its number there.
        attempt: which start of the run this is, from 1.
        age: seconds since its last sign of life, by this machine's clock.
    """

    host: str
    process: int
    attempt: int
    age: float

    @property
    def alive(self) -> bool:
        """Whether the process seems to be at work."""
        if self.host == socket.gethostname() and not _runs(self.process):
            return False
        return self.age < SILENT_SECONDS


@contextmanager
def present(folder: Path, attempt: int) -> Iterator[None]:
    """Show that this process does the run of `folder` while the block goes on."""
    path, ended = folder / FILE, threading.Event()
    said = {"host": socket.gethostname(), "process": os.getpid(), "attempt": attempt}
    write_text_atomically(path, json.dumps(said) + "\n")

    def beat() -> None:
        while not ended.wait(_BEAT_SECONDS):
            # A sign that cannot be given must not end a run.
            with suppress(OSError):
                os.utime(path)

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        path.unlink(missing_ok=True)


def sign_of(folder: Path) -> Sign | None:
    """The sign beside a run; `None` where nobody left one."""
    path = folder / FILE
    try:
        age = time.time() - path.stat().st_mtime
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Sign(str(said["host"]), int(said["process"]), int(said["attempt"]), max(0.0, age))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
