"""What a run says while it works. Whoever listens shows it as it likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.records.record import EpochPart, RunRecord

if TYPE_CHECKING:
    from bench.planning.runs import Run


@dataclass(frozen=True)
class RunStarted:
    """A run begins; `run` is all that is known of it before it is done."""

    approach: str
    seed: int
    epochs: int
    run: Run | None = None


@dataclass(frozen=True)
class RunContinued:
    """A run that was stopped goes on; it has these epochs already."""

    approach: str
    seed: int
    history: tuple[EpochPart, ...]


@dataclass(frozen=True)
class SeedsStarted:
    """Seeds of one approach begin to train side by side; each is scored and recorded after."""

    approach: str
    seeds: tuple[int, ...]
    epochs: int


@dataclass(frozen=True)
class FeaturesProgress:
    """The frozen backbone has read `done` of `total` images."""

    approach: str
    done: int
    total: int


@dataclass(frozen=True)
class EpochFinished:
    """One epoch is trained, validated and kept."""

    approach: str
    seed: int
    epoch: int
    epochs: int
    result: EpochPart


@dataclass(frozen=True)
class RunFinished:
    """A record is written, or was found."""

    record: RunRecord
    found: bool


@dataclass(frozen=True)
class RunSkipped:
    """An approach that was not asked for by name cannot run here."""

    approach: str
    reason: str


Event = (
    RunStarted
    | RunContinued
    | SeedsStarted
    | FeaturesProgress
    | EpochFinished
    | RunFinished
    | RunSkipped
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
