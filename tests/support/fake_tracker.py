"""A tracker in memory that can be told to fail or to hang in any of its methods."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.trackers.cards import RunCard
from bench.trackers.protocol import Page

Fault = Callable[[], None]


def hang() -> None:
    threading.Event().wait()


def fail() -> None:
    raise RuntimeError("no space\nleft")


def leave() -> None:
    raise SystemExit(3)


@dataclass
class FakeRun:
    card: RunCard
    tracker: FakeTracker
    values: dict[str, object] = field(default_factory=dict)
    epochs: dict[int, Mapping[str, float]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    scores: Mapping[str, float] = field(default_factory=dict)
    state: str = "running"

    def parameters(self, values: Mapping[str, str | int | float | bool]) -> None:
        self.tracker.meet("parameters")
        self.values |= values

    def metrics(self, epoch: int, values: Mapping[str, float]) -> None:
        self.tracker.meet("metrics")
        self.epochs[epoch] = values

    def artefact(self, path: Path) -> None:
        self.tracker.meet("artefact")
        self.files.append(path)

    def finish(self, scores: Mapping[str, float], version: str) -> None:
        self.tracker.meet("finish")
        self.scores = scores
        self.state = version

    def abandon(self) -> None:
        self.tracker.meet("abandon")
        self.state = "abandoned"


class FakeTracker:
    """Meets `fault` whenever the method named `where` is called; counts calls by name."""

    def __init__(self, where: str = "", fault: Fault = fail) -> None:
        self.runs: dict[str, FakeRun] = {}
        self.calls: list[str] = []
        self._where, self._fault = where, fault

    def meet(self, method: str) -> None:
        self.calls.append(method)
        if method == self._where:
            self._fault()

    def logged(self) -> dict[str, str]:
        self.meet("logged")
        open_states = ("running", "abandoned")
        return {key: r.state for key, r in self.runs.items() if r.state not in open_states}

    def start(self, card: RunCard) -> FakeRun:
        self.meet("start")
        self.runs[card.key] = FakeRun(card, self)
        return self.runs[card.key]

    def page(self, port: int) -> Page:
        raise NotImplementedError
