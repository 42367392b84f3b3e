"""CIFAR-100's two official layouts, as a folder or as an archive, read without running anything.

Python layout: the pickles `train`, `test` and `meta`. Each must have its official MD5 before it is
unpickled, and even then the unpickler knows nothing but NumPy arrays.

Binary layout: `train.bin` and `test.bin`, whose records are 1 byte coarse label, 1 byte fine label
and 3,072 bytes of pixels (32 x 32 red, then green, then blue, row by row), and the names, one a
line. (https://www.cs.toronto.edu/~kriz/cifar.html)
"""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import numpy as np

from datasets.errors import DataError
from datasets.image_dataset import Labelled

Layout = Literal["python", "binary"]

MEMBERS: Mapping[Layout, tuple[str, ...]] = {
    "python": ("train", "test", "meta"),
    "binary": ("train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt"),
}

_INSIDE = (
    "cifar-100-python",
    "cifar-100-binary",
    "cifar-100-python.tar.gz",
    "cifar-100-binary.tar.gz",
)
_PIXELS = 3 * 32 * 32
_RECORD = 2 + _PIXELS
# The largest official member, `train` of the Python layout, has 155,249,918 bytes.
_LARGEST_MEMBER = 200_000_000


@dataclass(frozen=True)
class Location:
    """Files in one of the layouts.

    Attributes:
        path: the folder, or the archive.
        layout: of a folder; of an archive it is known only once it is read.
    """

    path: Path
    layout: Layout | None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are read."""
        if self.layout is None:
            return (self.path,)
        return tuple(self.path / name for name in MEMBERS[self.layout])

    def state(self) -> list[tuple[str, int, int]]:
        """Path, size and time stamp (ns) of each file: they change when the file does.

        Raises:
            DataError: a file is missing.
        """
        return [_state(path, self.path) for path in self.files]


@dataclass(frozen=True)
class Content:
    """What the files say.

    Attributes:
        layout: in which they were.
        train: the training records, in the files' order.
        test: the test records, in the files' order.
        fine_names: in lower case, words joined by `_`.
        coarse_names: likewise.
    """

    layout: Layout
    train: Labelled
    test: Labelled
    fine_names: tuple[str, ...]
    coarse_names: tuple[str, ...]


def locate(path: Path) -> Location:
    """Find CIFAR-100's files at `path`: a folder of them, a folder above it, or an archive.

    Raises:
        DataError: there are none.
    """
    if path.is_file():
        return Location(path, None)
    for folder in (path, *(path / name for name in _INSIDE)):
        if folder.is_file():
            return Location(folder, None)
        for layout, names in MEMBERS.items():
            if any((folder / name).is_file() for name in names):
                return Location(folder, layout)
    problem = "holds no CIFAR-100" if path.is_dir() else "does not exist"
    raise DataError(
        f"{path} {problem}; give a folder with {', '.join(MEMBERS['python'])} or with "
        f"{', '.join(MEMBERS['binary'])}, or the official .tar.gz"
    )


def read(location: Location, *, md5: Mapping[str, str], records: tuple[int, int]) -> Content:
    """Read all records.

    Args:
        location: where the files are.
        md5: the MD5 that each pickle must have.
        records: how many training and test records there must be.

    Raises:
        DataError: a file is missing, truncated, altered or not CIFAR-100 at all.
    """
    layout = location.layout
    if layout is None:
        layout, files = _read_archive(location.path)
    else:
        files = {path.name: _read_file(path, location.path) for path in location.files}
    if layout == "python":
        return _parse_python(location.path, files, md5, records)
    return _parse_binary(location.path, files, records)


def _missing(name: str, where: Path) -> DataError:
    return DataError(
        f"{name} is missing in {where}; unpack the official archive again, or name another folder"
    )


def _damaged(name: str, where: Path, problem: str) -> DataError:
    return DataError(f"{name} in {where} {problem}; replace it by the official file")


def _state(path: Path, where: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise _missing(path.name, where) from error
    return str(path.resolve()), stat.st_size, stat.st_mtime_ns


def _read_file(path: Path, where: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _missing(path.name, where) from error
    except OSError as error:
        raise DataError(
            f"cannot read {path.name} in {where}: {error.strerror}; make it readable"
        ) from error


def _read_archive(path: Path) -> tuple[Layout, dict[str, bytes]]:
    wanted = {name for names in MEMBERS.values() for name in names}
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                name = PurePosixPath(member.name).name
                if member.isfile() and name in wanted and member.size <= _LARGEST_MEMBER:
                    stream = archive.extractfile(member)
                    files[name] = stream.read() if stream else b""
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise DataError(f"{path} is not a complete archive; download it again") from error
    for layout, names in MEMBERS.items():
        if files.keys() & set(names):
            for name in names:
                if name not in files:
                    raise _missing(name, path)
            return layout, files
    raise DataError(f"{path} holds no CIFAR-100; give the official .tar.gz")


def _parse_python(
    where: Path, files: Mapping[str, bytes], md5: Mapping[str, str], records: tuple[int, int]
) -> Content:
    parts = {}
    for name in MEMBERS["python"]:
        found = hashlib.md5(files[name], usedforsecurity=False).hexdigest()
        if found != md5[name]:
            raise _damaged(
                name, where, f"has {len(files[name]):,} bytes and MD5 {found}, not {md5[name]}"
            )
        try:
            parts[name] = _ArrayUnpickler(io.BytesIO(files[name]), encoding="bytes").load()
        except pickle.UnpicklingError as error:
            raise _damaged(name, where, f"is not a plain pickle of arrays ({error})") from error
    return Content(
        "python",
        _from_pickle(parts["train"], where, "train", records[0]),
        _from_pickle(parts["test"], where, "test", records[1]),
        _normalise(parts["meta"][b"fine_label_names"]),
        _normalise(parts["meta"][b"coarse_label_names"]),
    )


def _from_pickle(part: Mapping[bytes, Any], where: Path, name: str, n: int) -> Labelled:
    pixels, fine, coarse = (part[key] for key in (b"data", b"fine_labels", b"coarse_labels"))
    if pixels.shape != (n, _PIXELS):
        raise _damaged(name, where, f"has pixels of shape {pixels.shape}, not {(n, _PIXELS)}")
    return Labelled(_to_rows(pixels), np.array(fine, np.uint8), np.array(coarse, np.uint8))


def _parse_binary(where: Path, files: Mapping[str, bytes], records: tuple[int, int]) -> Content:
    return Content(
        "binary",
        _from_records(files["train.bin"], where, "train.bin", records[0]),
        _from_records(files["test.bin"], where, "test.bin", records[1]),
        _normalise(files["fine_label_names.txt"].split(b"\n")),
        _normalise(files["coarse_label_names.txt"].split(b"\n")),
    )


def _from_records(content: bytes, where: Path, name: str, n: int) -> Labelled:
    if len(content) != n * _RECORD:
        raise _damaged(
            name,
            where,
            f"has {len(content):,} bytes, not {n * _RECORD:,} ({n:,} records of {_RECORD:,})",
        )
    table = np.frombuffer(content, np.uint8).reshape(n, _RECORD)
    return Labelled(_to_rows(table[:, 2:]), table[:, 1].copy(), table[:, 0].copy())


def _to_rows(planes: Any) -> Any:
    """Records of colour planes (n, 3072) as images (n, 32, 32, 3)."""
    return np.ascontiguousarray(planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))


def _normalise(names: list[bytes]) -> tuple[str, ...]:
    words = (name.decode("utf-8", "replace").strip().lower() for name in names)
    return tuple("_".join(word.split()) for word in words if word)


def _dtype(name: Any, *_: Any) -> np.dtype[Any]:
    # Old pickles pass integers for `align` and `copy`, which newer NumPy versions refuse.
    return np.dtype(name)


class _ArrayUnpickler(pickle.Unpickler):
    """Knows how to rebuild NumPy arrays and byte strings, and refuses every other name."""

    _rebuild_array = np.empty(0).__reduce__()[0]
    _known: Mapping[tuple[str, str], Any] = {
        ("numpy", "dtype"): _dtype,
        ("numpy", "ndarray"): np.ndarray,
        ("numpy.core.multiarray", "_reconstruct"): _rebuild_array,
        ("numpy._core.multiarray", "_reconstruct"): _rebuild_array,
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._known[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}") from None
