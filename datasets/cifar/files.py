"""Where the files of a CIFAR data set are, and their bytes; nothing is interpreted here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datasets.cifar.edition import Edition, LayoutName
from datasets.errors import DataError
from datasets.reading import kind_of, read_archive, read_file, unreadable

# The largest official file, `train` of CIFAR-100's Python layout, has 155,249,918 bytes.
_LARGEST_FILE = 200_000_000
# Unpacked, the largest official archive has 186 MB.
_LARGEST_ARCHIVE = 400_000_000


@dataclass(frozen=True)
class Location:
    """Files in one of the layouts.

    Attributes:
        path: the folder, or the archive.
        layout: of a folder; of an archive it is known only once it is read.
    """

    path: Path
    layout: LayoutName | None

    def files(self, edition: Edition) -> tuple[Path, ...]:
        """The files that are read."""
        if self.layout is None:
            return (self.path,)
        return tuple(self.path / name for name in edition.layouts[self.layout].files)

    def state(self, edition: Edition) -> list[tuple[str, int, int]]:
        """Path, size and time stamp (ns) of each file: they change when the file does.

        Raises:
            DataError: a file is missing.
        """
        return [_state(path, self.path) for path in self.files(edition)]


@dataclass(frozen=True)
class Found:
    """The bytes of a data set.

    Attributes:
        path: where they were.
        layout: in which they were.
        files: content by name.
        verified: whether the checksum of the whole archive is the official one.
    """

    path: Path
    layout: LayoutName
    files: Mapping[str, bytes]
    verified: bool = False

    def damaged(self, name: str, problem: str) -> DataError:
        """The one line for a file that is not what it should be."""
        return DataError(f"{name} in {self.path} {problem}; replace it by the official file")


def locate(path: Path, edition: Edition) -> Location:
    """Find the files at `path`: a folder of them, a folder above it, or an archive.

    Raises:
        DataError: there are none.
    """
    kind = kind_of(path)
    if kind == "file":
        return Location(path, None)
    if kind == "other":
        raise DataError(f"{path} is neither a folder nor a regular file; name one of these")
    for folder in (path, *(path / name for name in edition.inside)):
        found = kind_of(folder)
        if found == "file":
            return Location(folder, None)
        for layout, names in edition.layouts.items():
            samples = (*names.train, *names.test)
            if found == "folder" and any(kind_of(folder / n) != "missing" for n in samples):
                return Location(folder, layout)
    problem = f"holds no {edition.title}" if kind == "folder" else "does not exist"
    layouts = " or with ".join(", ".join(names.files) for names in edition.layouts.values())
    raise DataError(f"{path} {problem}; give a folder with {layouts}, or the official .tar.gz")


def read(location: Location, edition: Edition) -> Found:
    """Read all files.

    Raises:
        DataError: a file is missing or cannot be read, or the archive is damaged.
    """
    path = location.path
    if location.layout is None:
        return _read_archive(path, edition)
    files = {file.name: _read_file(file, path) for file in location.files(edition)}
    return Found(path, location.layout, files)


def _missing(name: str, where: Path) -> DataError:
    return DataError(
        f"{name} is missing in {where}; unpack the official archive again, or name another folder"
    )


def _state(path: Path, where: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError as error:
        raise _missing(path.name, where) from error
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return str(path.resolve()), stat.st_size, stat.st_mtime_ns


def _read_file(path: Path, where: Path) -> bytes:
    try:
        return read_file(path, _LARGEST_FILE)
    except FileNotFoundError as error:
        raise _missing(path.name, where) from error


def _read_archive(path: Path, edition: Edition) -> Found:
    wanted = [name for names in edition.layouts.values() for name in names.files]
    files = read_archive(path, wanted, _LARGEST_ARCHIVE)
    for layout, names in edition.layouts.items():
        if files.keys() & {*names.train, *names.test}:
            for name in names.files:
                if name not in files:
                    raise _missing(name, path)
            verified = layout == "binary" and _md5(path) == edition.binary_md5
            return Found(path, layout, files, verified)
    raise DataError(f"{path} holds no {edition.title}; give the official .tar.gz")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
