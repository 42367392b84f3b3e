"""Files that are either wholly written or not written at all."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.system import leftovers

_CHUNK = 1 << 20
# Bytes of an .npy before the length of its header.
_MAGIC = np.lib.format.MAGIC_LEN
# What NumPy and zipfile raise on an archive that is cut off or altered.
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path` that takes its place only when the block succeeds.

    What a killed program leaves of it is found by `bench.system.leftovers.sweep`.

    Raises:
        BenchError: the folder cannot be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=leftovers.suffix()
        )
    except OSError as error:
        raise BenchError(
            f"cannot write {path}: {error.strerror or error}; choose a folder that you may write to"
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise BenchError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text_atomically(path: Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, wholly or not at all."""
    with atomic_writer(path) as file:
        file.write(text.encode())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def read_arrays(path: Path, names: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """Arrays of an `.npz` by name, all of them unless some are named; nothing is unpickled.

    Raises:
        BenchError: the file is missing or damaged, or lacks a named array.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            stored = names or [name.removesuffix(".npy") for name in archive.namelist()]
            return {name: _as_array(archive.read(f"{name}.npy")) for name in stored}
    except _DAMAGE as error:
        raise BenchError(f"{path} is damaged ({error}); delete it and run again") from error


def array_names(path: Path) -> set[str]:
    """Names of the arrays of an `.npz`, without reading them.

    Raises:
        BenchError: the file is missing or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {name.removesuffix(".npy") for name in archive.namelist()}
    except _DAMAGE as error:
        raise BenchError(f"{path} is damaged ({error}); delete it and run again") from error


def _as_array(npy: bytes) -> NDArray[Any]:
    """The array in the bytes of an `.npy` file.

    As `np.load` does, but that parses a header as Python source each time, which takes longer than
    inflating a thousand predictions.
    """
    start = _MAGIC + 2 + int.from_bytes(npy[_MAGIC : _MAGIC + 2], "little")
    shape, fortran, dtype = _header(npy[:start])
    flat = np.frombuffer(npy, dtype, offset=start)
    return flat.reshape(shape, order="F" if fortran else "C")


@functools.lru_cache(maxsize=256)
def _header(header: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    file = io.BytesIO(header)
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f".npy of version {version}, not (1, 0)")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError("pickled objects")
    return shape, fortran, dtype
