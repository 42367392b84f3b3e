"""Standard output and error that never end a run: closed, full, or of another encoding."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any, TextIO, cast

_GONE = (errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF)


class PatientStream:
    """A text stream whose reader may leave, and whose disk may be full, without an exception.

    From then on nothing is written any more; training goes on, and records are written as ever.

    Attributes:
        lost: why text was lost, such as `No space left on device`; `None` where none was, or where
            the reader closed a pipe, which is its own choice (`bench list | head -1`).
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost: str | None = None

    def write(self, text: str) -> int:
        """Write, or let it go where nobody listens any more; gives the number of characters."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Pass on what is buffered."""
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _give_up(self, error: OSError) -> None:
        if error.errno not in _GONE:
            raise error
        if error.errno != errno.EPIPE:
            self.lost = error.strerror
        try:
            number = self._stream.fileno()
        except (OSError, io.UnsupportedOperation):
            return
        # What is still buffered must have somewhere to go when Python flushes it at its end.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, number)
        os.close(null)


def guard_standard_streams() -> PatientStream:
    """Make standard output and error safe to write to; gives standard output.

    A character that the encoding lacks is written as its escape. A stream that was closed before
    the program started is opened on the null device, or else the next file that the program opens
    would take its number, and what a library prints would land in that file.
    """
    _occupy_closed_numbers()
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is None:
            stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        if not isinstance(stream, PatientStream):
            stream = PatientStream(stream)
        setattr(sys, name, stream)
    return cast(PatientStream, sys.stdout)


def _occupy_closed_numbers() -> None:
    # The system hands out the lowest free number, so this fills 0, 1 and 2 where they are free.
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
