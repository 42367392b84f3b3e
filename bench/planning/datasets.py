"""The data sets that can be named: built in, and of installed packages."""

from __future__ import annotations

from functools import cache

from bench.registry import Registry, load_registry
from datasets.entry import DatasetEntry
from datasets.registry import ENTRIES

GROUP = "cifar100_bench.datasets"


@cache
def installed_datasets() -> Registry[DatasetEntry]:
    """The built-in data sets, then those of installed packages."""
    return load_registry("data set", ENTRIES, DatasetEntry, GROUP)
