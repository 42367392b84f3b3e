"""How long the rest of a matrix takes, from the runs of it that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench.progress import events


@dataclass(frozen=True)
class Remaining:
    """An estimate.

    Attributes:
        seconds: of the runs whose length is known.
        unknown: runs whose approach has not been seen to its end yet; they come on top.
    """

    seconds: float
    unknown: int


@dataclass
class _Training:
    """A run in progress, or several seeds in one program."""

    began: float
    left: float | None
    epochs_before: int | None = None

    def reach(self, epoch: int, epochs: int, now: float) -> None:
        if self.epochs_before is None:
            self.epochs_before = epoch - 1
        self.left = (now - self.began) / (epoch - self.epochs_before) * (epochs - epoch)


class Forecast:
    """Follows a matrix by its events and says what is left.

    A run that has not begun is taken to last as long as the last finished one of its approach, and
    a run in progress as long a remaining epoch as its epochs so far took from end to end. Runs that
    are in progress at the same time are taken to go on so, with the waiting ones after them.

    Args:
        approaches: one name for each run, as often as it has seeds.
    """

    def __init__(self, approaches: Iterable[str]) -> None:
        self._waiting = Counter(approaches)
        self._seconds: dict[str, float] = {}
        self._training: dict[str, _Training] = {}

    def follow(self, event: events.Event, now: float) -> None:
        """Take in one event at the time `now`, in seconds of any one clock."""
        match event:
            case events.RunStarted(run):
                self._waiting[run.approach] -= 1
                self._training[run.key] = _Training(now, self._seconds.get(run.approach))
            case events.SeedsStarted(runs):
                shared = _Training(now, None)
                self._training |= {run.key: shared for run in runs}
            case events.FeaturesProgress(run):
                if run.key in self._training:
                    self._training[run.key].began = now
            case events.EpochFinished(run, epoch):
                if run.key in self._training:
                    self._training[run.key].reach(epoch, run.epochs, now)
            case events.RunFinished(run, record, found):
                self._seconds[run.approach] = record.timings.total
                self._training.pop(run.key, None)
                if found:
                    self._waiting[run.approach] -= 1
            case events.RunFailed(run):
                if self._training.pop(run.key, None) is None:
                    self._waiting[run.approach] -= 1

    def remaining(self) -> Remaining:
        """What is left now."""
        known = {name: count for name, count in self._waiting.items() if name in self._seconds}
        trainings = {id(training): training for training in self._training.values()}.values()
        left = [training.left for training in trainings]
        waiting = sum(self._seconds[name] * n for name, n in known.items())
        return Remaining(
            (sum(seconds or 0.0 for seconds in left) + waiting) / max(1, len(left)),
            sum(self._waiting.values()) - sum(known.values()) + left.count(None),
        )
