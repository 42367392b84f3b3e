"""The trackers that can be named. None is imported before it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bench.errors import BenchError
from bench.registry import Registry, load_registry
from bench.system.hints import install_hint
from bench.trackers.protocol import Tracker


@dataclass(frozen=True)
class TrackerEntry:
    """One tracker.

    Attributes:
        name: on the command line, and of its folder.
        description: in a few words.
        factory: `module:callable`, called with the folder for the tracker's files.
        package: the module that must be installed; empty where that of `factory` is enough.
        extra: of this project, which installs it; empty for a plug-in's own.
    """

    name: str
    description: str
    factory: str
    package: str = ""
    extra: str = ""

    @property
    def installed_by(self) -> str:
        """The command that installs it; empty for a plug-in's own."""
        return install_hint(self.extra) if self.extra else ""


TRACKERS = (
    TrackerEntry(
        "trackio",
        "small, its page is up in seconds",
        "bench.trackers.trackio_tracker:TrackioTracker",
        "trackio",
        "trackio",
    ),
    TrackerEntry(
        "mlflow",
        "MLflow on an SQLite file",
        "bench.trackers.mlflow_tracker:MlflowTracker",
        "mlflow",
        "mlflow",
    ),
    TrackerEntry(
        "tensorboard",
        "event files, written without TensorFlow",
        "bench.trackers.tensorboard_tracker:TensorboardTracker",
        "tensorboard",
        "tensorboard",
    ),
)


GROUP = "cifar100_bench.trackers"


@cache
def installed_trackers() -> Registry[TrackerEntry]:
    """The built-in trackers, then those of installed packages."""
    return load_registry("tracker", TRACKERS, TrackerEntry, GROUP)


def tracker_folder(results: Path, name: str) -> Path:
    """Where a tracker keeps its files; it can be deleted at any time."""
    return results.resolve() / "trackers" / name


def get_entry(name: str) -> TrackerEntry:
    """The tracker of this name, installed or not.

    Raises:
        BenchError: there is none.
    """
    return installed_trackers().get(name)


def get_tracker(name: str, results: Path) -> Tracker:
    """The tracker of this name, which keeps its files in the results' folder.

    Raises:
        BenchError: there is none, or its package is not installed or does not work here.
    """
    entry = get_entry(name)
    fix = f"run {entry.installed_by}" if entry.extra else "install its package again"
    if entry.package and find_spec(entry.package) is None:
        raise BenchError(f"tracker {name!r} is not installed: {fix}")
    module, factory = entry.factory.split(":")
    try:
        make: Callable[[Path], Tracker] = getattr(importlib.import_module(module), factory)
    except ImportError as error:
        raise BenchError(f"tracker {name!r} cannot be imported ({error}): {fix}") from error
    return make(tracker_folder(results, name))
