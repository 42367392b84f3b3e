"""How long the rest of a matrix takes, from the runs of it that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench import events


@dataclass(frozen=True)
class Remaining:
    """An estimate.

    Attributes:
        seconds: of the runs whose length is known.
        unknown: runs whose approach has not been seen to its end yet; they come on top.
    """

    seconds: float
    unknown: int


class Forecast:
    """Follows a matrix by its events and says what is left.

    A run that has not begun is taken to last as long as the last finished one of its approach, and
    the run in progress as long a remaining epoch as its epochs so far took from end to end.

    Args:
        approaches: one name for each run, as often as it has seeds.
    """

    def __init__(self, approaches: Iterable[str]) -> None:
        self._waiting = Counter(approaches)
        self._seconds: dict[str, float] = {}
        self._current: float | None = 0.0
        self._epochs_began = 0.0
        self._epochs_before = 0

    def follow(self, event: events.Event, now: float) -> None:
        """Take in one event at the time `now`, in seconds of any one clock."""
        match event:
            case events.RunStarted(approach):
                self._waiting[approach] -= 1
                self._current = self._seconds.get(approach)
                self._epochs_began = now
                self._epochs_before = -1
            case events.SeedsStarted():
                self._current = None
                self._epochs_began = now
                self._epochs_before = -1
            case events.FeaturesProgress():
                self._epochs_began = now
            case events.EpochFinished(_, _, epoch, epochs):
                if self._epochs_before < 0:
                    self._epochs_before = epoch - 1
                done = epoch - self._epochs_before
                self._current = (now - self._epochs_began) / done * (epochs - epoch)
            case events.RunFinished(record, found):
                self._seconds[record.approach] = record.timings.total
                self._current = 0.0
                if found:
                    self._waiting[record.approach] -= 1

    def remaining(self) -> Remaining:
        """What is left now."""
        known = {name: count for name, count in self._waiting.items() if name in self._seconds}
        return Remaining(
            (self._current or 0.0) + sum(self._seconds[name] * n for name, n in known.items()),
            sum(self._waiting.values()) - sum(known.values()) + (self._current is None),
        )
