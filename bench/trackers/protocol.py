"""What an experiment tracker must do, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.trackers.cards import RunCard

PROJECT = "cifar100-bench"


@dataclass(frozen=True)
class Page:
    """How a tracker's web page is started.

    Attributes:
        command: the program that serves it, on loopback alone, until it is terminated.
        address: where it then answers.
        environment: variables to set for the program.
    """

    command: tuple[str, ...]
    address: str
    environment: Mapping[str, str] = field(default_factory=dict)


class RunLog(Protocol):
    """One run in a tracker, open for writing. What a call logs survives a kill right after it."""

    def parameters(self, values: Mapping[str, str | int | float | bool]) -> None:
        """Log what determines the run."""

    def metrics(self, epoch: int, values: Mapping[str, float]) -> None:
        """Log one epoch, counted from 1."""

    def artefact(self, path: Path) -> None:
        """Keep a copy of a file."""

    def finish(self, scores: Mapping[str, float], version: str) -> None:
        """Close the run with its final scores and the version of the record that they are from."""

    def abandon(self) -> None:
        """Close a run that did not come to its end; what was logged stays."""


class Tracker(Protocol):
    """An experiment tracker on this machine, without a server or an account."""

    def logged(self) -> Mapping[str, str]:
        """The record's version of every run that was logged to its end, by the run's key."""

    def start(self, card: RunCard) -> RunLog:
        """Open a run, in the place of whatever is there under the same key."""

    def page(self, port: int) -> Page:
        """How the page with all runs is started on a loopback port."""
