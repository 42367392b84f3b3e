"""Which image files a folder of class folders has, and which class each belongs to."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets.errors import DataError
from datasets.image_dataset import MOST_CLASSES
from datasets.reading import kind_of, read_file, unreadable
from datasets.taxonomy import Taxonomy

SUFFIXES = (".png", ".jpg", ".jpeg")
SUPERCLASSES = "coarse.csv"

_SPLITS = ("train", "test")
_LARGEST_TABLE = 1_000_000
# Names end up in tables, pages and terminals.
_NAME = re.compile(r"\w[\w .,()+-]{0,59}")


@dataclass(frozen=True)
class Listing:
    """The files of one split, or of both where the folder does not tell them apart.

    Attributes:
        files: in the order of their names, class by class.
        labels: of each file.
    """

    files: tuple[Path, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Listings:
    """All files of a folder.

    Attributes:
        train: the files below `train`; without such a folder, all files.
        test: the files below `test`; without such a folder, `None`.
        taxonomy: the names of the class folders and of their superclasses.
    """

    train: Listing
    test: Listing | None
    taxonomy: Taxonomy


def list_images(folder: Path) -> Listings:
    """List `folder/train/CLASS/*` and `folder/test/CLASS/*`, or `folder/CLASS/*`.

    Hidden files and those that are neither `.png` nor `.jpg` are left out.

    Raises:
        DataError: no such folder, unfit names, an empty class, or two splits of other classes.
    """
    kind = kind_of(folder)
    if kind != "folder":
        problem = "does not exist" if kind == "missing" else "is not a folder"
        raise DataError(f"{folder} {problem}; name a folder that has a folder for each class")
    parts = [folder / name for name in _SPLITS if kind_of(folder / name) == "folder"]
    if len(parts) == 1:
        raise DataError(f"{folder} has a folder {parts[0].name} only; give it both train and test")
    names = _classes(parts[0] if parts else folder)
    for part in parts:
        differing = sorted(set(_classes(part)) ^ set(names))
        if differing:
            raise DataError(
                f"class {differing[0]} is in one of {parts[0]} and {parts[1]} only; "
                "give each class images in both"
            )
    listings = [_list(part, names) for part in (parts or [folder])]
    taxonomy = _taxonomy(folder, names)
    return Listings(listings[0], listings[1] if parts else None, taxonomy)


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise unreadable(folder, error) from error


def _classes(folder: Path) -> tuple[str, ...]:
    names = tuple(name for name in _entries(folder) if kind_of(folder / name) == "folder")
    if not 2 <= len(names) <= MOST_CLASSES:
        raise DataError(
            f"{folder} has {len(names)} class folders; give it 2 to {MOST_CLASSES}, or name "
            "the folder above them"
        )
    for name in names:
        _check_name(name, folder)
    return names


def _check_name(name: str, where: Path) -> None:
    if not _NAME.fullmatch(name):
        raise DataError(
            f"class name {name[:80]!r} in {where}; use at most 60 letters, digits, spaces and "
            "_.,()+-, a letter or digit first"
        )


def _list(folder: Path, names: Sequence[str]) -> Listing:
    files: list[Path] = []
    labels: list[int] = []
    for label, name in enumerate(names):
        own = [
            folder / name / file
            for file in _entries(folder / name)
            if file.lower().endswith(SUFFIXES)
        ]
        if not own:
            raise DataError(
                f"class {name} in {folder} has no image; add {', '.join(SUFFIXES)} files, or "
                "remove the folder"
            )
        files += own
        labels += [label] * len(own)
    return Listing(tuple(files), tuple(labels))


def _taxonomy(folder: Path, names: tuple[str, ...]) -> Taxonomy:
    table = folder / SUPERCLASSES
    if kind_of(table) == "missing":
        return Taxonomy.alone(names)
    parents = _read_superclasses(table)
    for name in names:
        if name not in parents:
            raise DataError(f"{table} has no line for class {name}; add one: {name},SUPERCLASS")
    for name in parents.keys() - set(names):
        raise DataError(f"{table} names class {name!r}, which has no folder; remove its line")
    coarse = tuple(sorted(set(parents.values())))
    return Taxonomy(names, coarse, tuple(coarse.index(parents[name]) for name in names))


def _read_superclasses(table: Path) -> Mapping[str, str]:
    try:
        text = read_file(table, _LARGEST_TABLE).decode("utf-8-sig")
        lines = [line for line in csv.reader(text.splitlines()) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{table} is not a table in UTF-8 ({error}); write it again") from error
    parents: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if len(line) != 2 or line[0] in parents:
            raise DataError(
                f"line {number} of {table} is not one CLASS,SUPERCLASS of a class of its own"
            )
        name, parent = (word.strip() for word in line)
        _check_name(parent, table)
        parents[name] = parent
    return parents
