"""What a run says while it works. Whoever listens shows it as it likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.records import EpochPart, RunRecord


@dataclass(frozen=True)
class RunStarted:
    """A run begins (or continues)."""

    approach: str
    seed: int
    epochs: int
    done_epochs: int = 0


@dataclass(frozen=True)
class SeedsStarted:
    """Seeds of one approach begin to train side by side; each is scored and recorded after."""

    approach: str
    seeds: tuple[int, ...]
    epochs: int


@dataclass(frozen=True)
class FeaturesProgress:
    """The frozen trunk has read `done` of `total` pictures."""

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


Event = RunStarted | SeedsStarted | FeaturesProgress | EpochFinished | RunFinished | RunSkipped
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """The listener that shows nothing."""
