"""The trackers that can be named. None is imported before it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.system.hints import install_hint
from bench.trackers.protocol import Tracker


@dataclass(frozen=True)
class TrackerEntry:
    """One tracker.

    Attributes:
        name: on the command line, and of its folder.
        description: in a few words.
        package: the module that must be installed.
        extra: of this project, which installs it.
        factory: `module:callable`, called with the folder for the tracker's files.
    """

    name: str
    description: str
    package: str
    extra: str
    factory: str


TRACKERS = (
    TrackerEntry(
        "trackio",
        "small, its page is up in seconds",
        "trackio",
        "trackio",
        "bench.trackers.trackio_tracker:TrackioTracker",
    ),
    TrackerEntry(
        "mlflow",
        "MLflow on an SQLite file",
        "mlflow",
        "mlflow",
        "bench.trackers.mlflow_tracker:MlflowTracker",
    ),
    TrackerEntry(
        "tensorboard",
        "event files, written without TensorFlow",
        "tensorboard",
        "tensorboard",
        "bench.trackers.tensorboard_tracker:TensorboardTracker",
    ),
)


def tracker_folder(results: Path, name: str) -> Path:
    """Where a tracker keeps its files; it can be deleted at any time."""
    return results.resolve() / "trackers" / name


def get_entry(name: str) -> TrackerEntry:
    """The tracker of this name, installed or not.

    Raises:
        BenchError: there is none.
    """
    for entry in TRACKERS:
        if entry.name == name:
            return entry
    raise unknown("tracker", name, (entry.name for entry in TRACKERS))


def get_tracker(name: str, results: Path) -> Tracker:
    """The tracker of this name, which keeps its files in the results' folder.

    Raises:
        BenchError: there is none, or its package is not installed or does not work here.
    """
    entry = get_entry(name)
    fix = f"run {install_hint(entry.extra)}"
    if find_spec(entry.package) is None:
        raise BenchError(f"tracker {name!r} is not installed: {fix}")
    module, factory = entry.factory.split(":")
    try:
        make: Callable[[Path], Tracker] = getattr(importlib.import_module(module), factory)
    except ImportError as error:
        raise BenchError(f"tracker {name!r} cannot be imported ({error}): {fix}") from error
    return make(tracker_folder(results, name))
