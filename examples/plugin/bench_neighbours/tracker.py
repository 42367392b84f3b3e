"""A tracker that writes a line a result: the least that a tracker can do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.trackers.cards import RunCard
from bench.trackers.protocol import Page, RunLog
from bench.trackers.registry import TrackerEntry


class LinesTracker(RunLog):
    """Appends to `lines.txt`; what a method of `RunLog` has nothing to do with stays empty."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._run = folder / "lines.txt", ""

    def logged(self) -> Mapping[str, str]:
        return {}

    def start(self, card: RunCard) -> RunLog:
        self._run = card.name
        return self

    def metrics(self, epoch: int, values: Mapping[str, float]) -> None:
        self._write(f"epoch {epoch}", values)

    def finish(self, scores: Mapping[str, float], version: str) -> None:
        self._write("end", scores)

    def page(self, port: int) -> Page:
        return Page(("tail", "-f", str(self._path)), str(self._path))

    def _write(self, when: str, values: Mapping[str, float]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            print(self._run, when, dict(values), file=file)


LINES = TrackerEntry("lines", "a line a result", factory="bench_neighbours.tracker:LinesTracker")
