"""What happens while runs go on. Whoever listens shows it as it likes; all of it can be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.planning.run_spec import RunSpec
from bench.records.record import EpochPart, RunRecord


@dataclass(frozen=True)
class RunStarted:
    """A run begins."""

    run: RunSpec


@dataclass(frozen=True)
class RunContinued:
    """A run that was stopped goes on; it has these epochs already."""

    run: RunSpec
    history: tuple[EpochPart, ...]


@dataclass(frozen=True)
class SeedsStarted:
    """Seeds of one approach begin to train side by side; each is scored and recorded after."""

    runs: tuple[RunSpec, ...]


@dataclass(frozen=True)
class FeaturesProgress:
    """The frozen backbone has read `done` of `total` images."""

    run: RunSpec
    done: int
    total: int


@dataclass(frozen=True)
class EpochFinished:
    """One epoch is trained, validated and kept; `epoch` counts from 1."""

    run: RunSpec
    epoch: int
    result: EpochPart


@dataclass(frozen=True)
class RunFinished:
    """A record is written, or was found."""

    run: RunSpec
    record: RunRecord
    found: bool


@dataclass(frozen=True)
class RunFailed:
    """A run ended by its own fault; the others go on."""

    run: RunSpec
    reason: str


@dataclass(frozen=True)
class Note:
    """Something that the user should know, in one line."""

    text: str


Event = (
    RunStarted
    | RunContinued
    | SeedsStarted
    | FeaturesProgress
    | EpochFinished
    | RunFinished
    | RunFailed
    | Note
)
Listener = Callable[[Event], None]


def null_listener(event: Event) -> None:
    """The listener that shows nothing."""


def broadcast(*listeners: Listener) -> Listener:
    """One listener that tells several, in their order."""

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell
