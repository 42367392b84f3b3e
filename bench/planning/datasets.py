"""The data sets that can be named, built in or of installed packages, with their options."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.registry import Registry, load_registry
from datasets import DataError, ImageDataset, load_dataset
from datasets.entry import DatasetEntry
from datasets.registry import ENTRIES

GROUP = "cifar100_bench.datasets"
Option = int | float | str
_OPTION = re.compile(r"([a-z_]+)=(.+)")


@cache
def installed_datasets() -> Registry[DatasetEntry]:
    """The built-in data sets, then those of installed packages."""
    return load_registry("data set", ENTRIES, DatasetEntry, GROUP)


def named_with_options(asked: str) -> tuple[str, dict[str, Option]]:
    """A name, and the options behind it; numbers are read as such.

    Raises:
        BenchError: what stands behind the colon is no list of options.

    Example:
        >>> named_with_options("folder:image_size=64,test_fraction=0.1")
        ('folder', {'image_size': 64, 'test_fraction': 0.1})
    """
    name, colon, behind = asked.partition(":")
    found = [_OPTION.fullmatch(word) for word in behind.split(",")] if colon else []
    options = {match[1]: _value(match[2]) for match in found if match}
    if len(options) != len(found):
        raise BenchError(
            f"data set {asked!r}: give NAME:option=value,option=value, each option once, such as "
            "folder:image_size=64"
        )
    return name, options


def load_asked(
    name: str, data_dir: Path | None, options: Mapping[str, Any], **more: Any
) -> ImageDataset:
    """A data set with the options that were asked for.

    Raises:
        datasets.DataError: it cannot be had, or does not take such an option or value.
    """
    try:
        return load_dataset(
            name, data_dir=data_dir, entries=installed_datasets(), **more, **options
        )
    except TypeError as error:
        if not options:
            raise
        given = ", ".join(f"{option}={value}" for option, value in options.items())
        raise DataError(f"{name} cannot be loaded with {given}: {error}") from error


def _value(text: str) -> Option:
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        if math.isfinite(value):
            return value
    return text
