"""The built-in data sets, and how one is found by its name. Adding one is one entry."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from datasets.cifar100.loader import EDITION as CIFAR100
from datasets.entry import DatasetEntry
from datasets.errors import DataError, DataUnavailableError
from datasets.image_dataset import ImageDataset, Sizes
from datasets.taxonomy import Taxonomy

# Not a data set but a choice between two: the first where it can be had, else the second.
AUTO = "auto"
PREFERRED, STAND_IN = "cifar100", "shapes100"

_LOG = logging.getLogger(__name__)

ENTRIES: tuple[DatasetEntry, ...] = (
    DatasetEntry(
        name="cifar100",
        title="CIFAR-100",
        description="CIFAR-100 from --data-dir, CIFAR100_DIR, Keras' cache or its official address",
        loader="datasets.cifar100.loader:load_cifar100",
        options=("data_dir", "cache_dir", "download"),
        names="datasets.cifar100.taxonomy:taxonomy",
        sizes=CIFAR100.sizes,
        content_digest=CIFAR100.content_digest,
        duplicates="For comparison: in CIFAR-100, Barz and Denzler (2020, Journal of Imaging 6(6), "
        "41, https://cvjena.github.io/cifair/) found a duplicate in the training set for 891 of "
        "the 10,000 test images, by a network's features and by eye: 39 exact, 582 near and 270 "
        "very similar.",
    ),
    DatasetEntry(
        name="shapes100",
        title="shapes100 (synthetic images)",
        description="100 classes of synthetic shapes in 20 superclasses, CIFAR-100's sizes, "
        "no download",
        loader="datasets.shapes100.loader:load_shapes100",
        options=("cache_dir", "per_class", "seed", "difficulty"),
        synthetic=True,
        names="datasets.shapes100.taxonomy:taxonomy",
        sizes=Sizes(classes=100, superclasses=20, train_per_class=500, test_per_class=100),
    ),
    DatasetEntry(
        name="cifar10",
        title="CIFAR-10",
        description="CIFAR-10 from --data-dir, CIFAR10_DIR, Keras' cache or its official address",
        loader="datasets.cifar10.loader:load_cifar10",
        options=("data_dir", "cache_dir", "download"),
        names="datasets.cifar10.taxonomy:taxonomy",
        # Krizhevsky 2009, section 3.1; without superclasses every class is its own.
        sizes=Sizes(classes=10, superclasses=10, train_per_class=5000, test_per_class=1000),
    ),
    DatasetEntry(
        name="folder",
        title="Folder of images",
        description="images of your own: --data-dir with a folder of PNG or JPEG files for each "
        "class",
        loader="datasets.folder.loader:load_folder",
        options=("data_dir", "cache_dir", "image_size", "test_fraction"),
    ),
)


def find_entry(name: str, entries: Iterable[DatasetEntry] | None = None) -> DatasetEntry:
    """The entry of this name.

    Args:
        name: of the data set.
        entries: where to look, `ENTRIES` unless given.

    Raises:
        DataError: there is none; the nearest name is proposed.
    """
    known = {entry.name: entry for entry in (ENTRIES if entries is None else entries)}
    if name in known:
        return known[name]
    near = get_close_matches(name, [AUTO, *known], n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise DataError(f"unknown data set {name!r}; {hint}known: {', '.join([AUTO, *known])}")


def taxonomy_of(name: str, entries: Iterable[DatasetEntry] | None = None) -> Taxonomy | None:
    """The taxonomy of a data set by its name; `None` where it is not known without the images."""
    for entry in ENTRIES if entries is None else entries:
        if entry.name == name:
            return entry.taxonomy
    return None


def load_dataset(
    name: str = AUTO,
    data_dir: Path | None = None,
    cache_dir: Path | None = None,
    download: bool = True,
    per_class: tuple[int, int] | None = None,
    *,
    entries: Iterable[DatasetEntry] | None = None,
    **options: Any,
) -> ImageDataset:
    """Load a data set by its name.

    Args:
        name: of an entry, or `auto`: CIFAR-100 where it can be had, else shapes100, with the
            reason logged.
        data_dir: where the files are, for the data sets that are read from files.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.
        download: whether anything may be downloaded.
        per_class: for `shapes100`, also where it stands in for `auto`, training and test images
            of each class instead of (500, 100).
        entries: where to look for the name, `ENTRIES` unless given.
        options: of that data set alone, as its entry names them.

    Returns:
        The data set, its arrays read-only.

    Raises:
        DataError: the name or an option is unknown, or what was named explicitly is missing or
            broken.
    """
    known = ENTRIES if entries is None else tuple(entries)
    entry = find_entry(PREFERRED if name == AUTO else name, known)
    # What a data set has no use for, and what changes nothing, is not held against it.
    shared = {"cache_dir": cache_dir, "download": download}
    taken = {option: value for option, value in shared.items() if option in entry.options}
    size = None if name == AUTO else per_class
    try:
        return entry.load(data_dir=data_dir, per_class=size, **taken, **options)
    except DataUnavailableError as error:
        if name != AUTO:
            raise
        _LOG.warning("%s instead of %s: %s", STAND_IN, entry.title, error)
        return load_dataset(STAND_IN, cache_dir=cache_dir, per_class=per_class, entries=known)
