"""Files that someone else made, read within bounds: what is hostile ends in one line.

A pipe is not waited for, a file that claims terabytes is not read, and an archive is unpacked in
memory, member by member, up to a limit, whatever it says of itself.
"""

from __future__ import annotations

import errno
import gzip
import os
import stat
import struct
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from datasets.errors import DataError

Kind = Literal["file", "folder", "other", "missing"]

_CHUNK = 1 << 20
_MOST_MEMBERS = 1_000
_GZIP = b"\x1f\x8b"
# What tarfile raises on archives that were made to mislead it.
_BROKEN = (
    tarfile.TarError,
    OSError,
    EOFError,
    zlib.error,
    struct.error,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    RecursionError,
    MemoryError,
)


def kind_of(path: Path) -> Kind:
    """What is at a path, links followed.

    Raises:
        DataError: it cannot be told: no permission, or no possible path.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"


def unreadable(path: Path, error: Exception) -> DataError:
    """The one line for a path that the system refuses."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    fix = "name another path"
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM):
        fix = "make it readable"
    shown = str(path)
    shown = shown if len(shown) <= 300 else f"{shown[:300]}..."
    return DataError(f"cannot read {shown}: {reason}; {fix}")


def read_file(path: Path, limit: int) -> bytes:
    """All bytes of a regular file.

    Args:
        path: of the file; links are followed.
        limit: bytes that it may have at most.

    Raises:
        FileNotFoundError: it is missing.
        DataError: it is no regular file, is larger, or cannot be read.
    """
    try:
        # Without O_NONBLOCK opening a pipe waits for someone to write into it.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise DataError(f"{path} is not a regular file; name one that is")
    with os.fdopen(descriptor, "rb") as file:
        if found.st_size > limit:
            raise DataError(
                f"{path} has {found.st_size:,} bytes, {limit:,} at the most are possible; "
                "name the right file"
            )
        try:
            # Not the limit: a buffer of that size would be made.
            return file.read(found.st_size)
        except OSError as error:
            raise unreadable(path, error) from error


def read_archive(path: Path, wanted: Iterable[str], limit: int) -> dict[str, bytes]:
    """The members of a `.tar.gz` or `.tar` whose file name, in whatever folder, is wanted.

    Nothing is written; links, devices, sparse members and later members of the same name are left
    out.

    Args:
        path: of the archive.
        wanted: file names.
        limit: bytes that everything in the archive may have together, unpacked.

    Raises:
        DataError: no complete archive, or one that unpacks to more.
    """
    names, files = set(wanted), dict[str, bytes]()
    if kind_of(path) != "file":
        raise DataError(f"{path} is not a regular file; name the official .tar.gz")
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            bounded = _Bounded(gzip.GzipFile(fileobj=raw) if packed else raw, limit)
            # Of a file tarfile uses only what `_Bounded` has: read, seek and tell.
            with tarfile.TarFile(fileobj=bounded) as archive:  # type: ignore[arg-type]
                for count, member in enumerate(archive):
                    if count == _MOST_MEMBERS:
                        raise _TooMuchError
                    name = PurePosixPath(member.name).name
                    if name in names - files.keys() and member.isreg() and not member.issparse():
                        files[name] = _member(archive, member)
    except _TooMuchError as error:
        raise DataError(
            f"{path} unpacks to more than {limit:,} bytes or {_MOST_MEMBERS:,} files; "
            "download the official archive again"
        ) from error
    except PermissionError as error:
        raise unreadable(path, error) from error
    except _BROKEN as error:
        raise DataError(f"{path} is not a complete archive; download it again") from error
    return files


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    if stream is None:
        return b""
    chunks = iter(lambda: stream.read(_CHUNK), b"")
    content = b"".join(chunks)
    if len(content) != member.size:
        raise EOFError(f"{member.name} is cut")
    return content


class _TooMuchError(Exception):
    """An archive beyond its limit."""


class _Bounded:
    """A stream that is read forward only, in pieces of at most 2 MiB, up to a limit.

    The headers of an archive are read in one piece each, so one of gigabytes is never unpacked.
    """

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, limit: int) -> None:
        self._stream, self._limit = stream, limit
        self._position = 0

    def read(self, size: int) -> bytes:
        if not 0 <= size <= 2 * _CHUNK or self._position + size > self._limit + 2 * _CHUNK:
            raise _TooMuchError
        content = self._stream.read(size)
        self._position += len(content)
        return content

    def tell(self) -> int:
        return self._position

    def seek(self, position: int) -> int:
        if position < self._position:
            raise tarfile.ReadError("an archive that points backwards")
        if position > self._limit:
            raise _TooMuchError
        while self._position < position:
            if not self.read(min(_CHUNK, position - self._position)):
                break
        return self._position
