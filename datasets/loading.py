"""Data sets by name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datasets.cifar100.loader import ENVIRONMENT_VARIABLE, load_cifar100
from datasets.errors import DataError, DataUnavailableError
from datasets.image_dataset import ImageDataset
from datasets.shapes100.loader import PER_CLASS, load_shapes100

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """What `load_dataset` was asked for, apart from the name."""

    data_dir: Path | None
    cache_dir: Path | None
    download: bool
    per_class: tuple[int, int] | None


@dataclass(frozen=True)
class DatasetEntry:
    """A data set that can be asked for by name.

    Attributes:
        name: the name.
        description: one line for people.
        load: gives the data set.
    """

    name: str
    description: str
    load: Callable[[Request], ImageDataset]


def _load_cifar100(request: Request) -> ImageDataset:
    if request.per_class is not None:
        raise DataError(
            "cifar100 has 500 + 100 images a class; leave per_class out, and take a subset by "
            "splits.stratified_subset"
        )
    return load_cifar100(request.data_dir, download=request.download, cache_dir=request.cache_dir)


def _load_shapes100(request: Request) -> ImageDataset:
    if request.data_dir is not None:
        raise DataError(
            f"shapes100 is drawn, not read; leave {request.data_dir} out, or ask for cifar100"
        )
    return load_shapes100(per_class=request.per_class or PER_CLASS, cache_dir=request.cache_dir)


def _load_auto(request: Request) -> ImageDataset:
    try:
        return _load_cifar100(request)
    except DataUnavailableError as error:
        _LOG.warning("shapes100 instead of CIFAR-100: %s", error)
        return _load_shapes100(request)


DATASETS: tuple[DatasetEntry, ...] = (
    DatasetEntry(
        "auto",
        "cifar100 where it can be had, else shapes100, with the reason logged",
        _load_auto,
    ),
    DatasetEntry(
        "cifar100",
        f"CIFAR-100 from --data-dir, {ENVIRONMENT_VARIABLE}, Keras' cache or its official address",
        _load_cifar100,
    ),
    DatasetEntry(
        "shapes100",
        "100 classes of drawn shapes in 20 superclasses, same sizes as CIFAR-100, no download",
        _load_shapes100,
    ),
)


def load_dataset(
    name: str = "auto",
    data_dir: Path | None = None,
    cache_dir: Path | None = None,
    download: bool = True,
    per_class: tuple[int, int] | None = None,
) -> ImageDataset:
    """Load a data set by its name.

    Args:
        name: one of `DATASETS`.
        data_dir: where CIFAR-100's files are, see `load_cifar100`.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.
        download: whether anything may be downloaded.
        per_class: for `shapes100`, training and test images a class instead of (500, 100).

    Returns:
        The data set, its arrays read-only.

    Raises:
        DataError: the name is unknown, or what was named explicitly is missing or broken.
    """
    for entry in DATASETS:
        if entry.name == name:
            return entry.load(Request(data_dir, cache_dir, download, per_class))
    names = ", ".join(entry.name for entry in DATASETS)
    raise DataError(f"unknown data set {name!r}; choose one of {names}")
