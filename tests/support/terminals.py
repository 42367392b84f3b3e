"""A command on a terminal of its own, with the keys that a user presses."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CTRL_C = b"\x03"
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ROWS_AND_COLUMNS = struct.pack("HHHH", 40, 120, 0, 0)


class Terminal:
    """A process and what it wrote to its terminal.

    Attributes:
        process: leader of the terminal's foreground group, which Ctrl-C is sent to.
        text: everything so far, without colours and movements of the cursor.
    """

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process, self._descriptor = process, descriptor
        self.text = ""

    def press(self, key: bytes) -> None:
        os.write(self._descriptor, key)

    def wait_for(self, pattern: str, seconds: float) -> re.Match[str]:
        """The first match in what was written; fails with all of it after so many seconds."""
        until = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.text)
            if found:
                return found
            assert time.monotonic() < until, f"no {pattern!r} in:\n{self.text}"
            assert self._read(), f"ended without {pattern!r}:\n{self.text}"

    def ended(self, seconds: float) -> int:
        """The exit code, once everything that it wrote is read."""
        until = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < until, f"still running after {seconds} s:\n{self.text}"
        return self.process.wait(max(0.1, until - time.monotonic()))

    def _read(self) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], 0.2)
        if ready:
            try:
                said = os.read(self._descriptor, 1 << 16)
            except OSError:  # Linux says so where nobody has the other end open any more.
                return False
            self.text += _ESCAPE.sub("", said.decode(errors="replace")).replace("\r", "\n")
        return True


@contextmanager
def on_terminal(*arguments: str, cwd: Path, environment: dict[str, str]) -> Iterator[Terminal]:
    """Python with these arguments, on a terminal of 120 columns; killed with the block."""

    def take_terminal() -> None:
        # What runs in a shell's background is born deaf to interrupts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, _ROWS_AND_COLUMNS)
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**environment, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
