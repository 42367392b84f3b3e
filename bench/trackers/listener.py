"""From a run's events to a tracker, so that training neither waits for a tracker nor fails by it.

Events are handed to a thread through a bounded queue. Whatever goes wrong in the tracker ends the
tracker for the rest of the matrix, with one line for the user; the records are written elsewhere
and do not know of it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.progress import events
from bench.records.record import EpochPart, RunRecord
from bench.records.store import RunStore
from bench.trackers.cards import card_of_run, epoch_metrics, version_of
from bench.trackers.protocol import RunLog, Tracker
from bench.trackers.recorded import close_with, log_record, path_of
from bench.trackers.registry import get_tracker

PATIENCE = 60.0
"""Seconds that a tracker is given at the end of a matrix; MLflow's first database takes ten."""

CAPACITY = 10_000
"""Events that may wait for a tracker: far more than a matrix has epochs in a minute."""

_Tracked = (
    events.RunStarted
    | events.RunContinued
    | events.EpochFinished
    | events.RunFinished
    | events.RunFailed
)


class TrackerListener:
    """A listener that tells a tracker, in a thread of its own.

    Args:
        name: of the tracker, for the warning.
        tracker: told one thing at a time.
        store: where the records are.
        warn: given one line, at most once, from either thread.
        patience: seconds to wait for the tracker at the end.
        capacity: events that may wait.
    """

    def __init__(
        self,
        name: str,
        tracker: Tracker,
        store: RunStore,
        warn: Callable[[str], None],
        *,
        patience: float = PATIENCE,
        capacity: int = CAPACITY,
    ) -> None:
        self._name = name
        self._translator = _Translator(tracker, store)
        self._warn = warn
        self._patience = patience
        self._events: queue.Queue[_Tracked | None] = queue.Queue(capacity)
        self._off = threading.Event()
        self._once = threading.Lock()
        self._thread = threading.Thread(target=self._work, name=f"tracker {name}", daemon=True)
        self._thread.start()

    def __call__(self, event: events.Event) -> None:
        """Hand one event over; takes microseconds whatever the tracker does."""
        if not isinstance(event, _Tracked) or self._off.is_set():
            return
        try:
            self._events.put_nowait(event)
        except queue.Full:
            self._disable("it does not keep up")

    def close(self) -> None:
        """Wait until the tracker has everything, for a limited time."""
        deadline = time.monotonic() + self._patience
        if not self._off.is_set():
            try:
                self._events.put(None, timeout=self._patience)
                self._thread.join(max(0.0, deadline - time.monotonic()))
            except queue.Full:
                pass
            if self._thread.is_alive():
                self._disable(f"it has not answered for {self._patience:g} s")

    def _work(self) -> None:
        try:
            while (event := self._events.get()) is not None and not self._off.is_set():
                self._translator.tell(event)
            self._translator.close()
        # A tracker that calls sys.exit() must not end this thread in silence either.
        except BaseException as error:
            said = " ".join(str(error).split()) or "no reason given"
            self._disable(f"{type(error).__name__}: {said}")

    def _disable(self, reason: str) -> None:
        with self._once:
            if self._off.is_set():
                return
            self._off.set()
        self._warn(
            f"tracker {self._name} is off from here on ({reason}); no record is touched, "
            f"and `bench track --tracker {self._name}` logs them later"
        )


@contextmanager
def following(
    names: tuple[str, ...], results: Path, warn: Callable[[str], None]
) -> Iterator[events.Listener]:
    """A listener that tells all trackers of these names while the block runs.

    Raises:
        BenchError: a tracker is unknown or not installed; nothing has been started then.
    """
    trackers = {name: get_tracker(name, results) for name in names}
    with ExitStack() as at_end:
        listeners = []
        for name, tracker in trackers.items():
            listener = TrackerListener(name, tracker, RunStore(results), warn)
            at_end.callback(listener.close)
            listeners.append(listener)
        yield events.broadcast(*listeners)


@dataclass
class _Open:
    """A run in progress, and the epochs that the tracker has of it."""

    log: RunLog
    told: list[EpochPart] = field(default_factory=list)

    def tell(self, *epochs: EpochPart) -> None:
        for result in epochs:
            self.told.append(result)
            self.log.metrics(len(self.told), epoch_metrics(result))


class _Translator:
    """Turns events into calls. Several runs can be open: a forest may train its network first."""

    def __init__(self, tracker: Tracker, store: RunStore) -> None:
        self._tracker = tracker
        self._store = store
        self._open: dict[str, _Open] = {}

    def tell(self, event: _Tracked) -> None:
        match event:
            case events.RunStarted(run):
                opened = _Open(self._tracker.start(card_of_run(run)))
                self._open[run.key] = opened
                opened.log.parameters(card_of_run(run).parameters)
            case events.RunContinued(run, history):
                self._tell_epochs(run.key, *history)
            case events.EpochFinished(run, result=result):
                self._tell_epochs(run.key, result)
            case events.RunFailed(run):
                opened_before = self._open.pop(run.key, None)
                if opened_before is not None:
                    opened_before.log.abandon()
            case events.RunFinished(run, record):
                self._finish(record)

    def close(self) -> None:
        for opened in self._open.values():
            opened.log.abandon()

    def _tell_epochs(self, key: str, *epochs: EpochPart) -> None:
        opened = self._open.get(key)
        # A network that is trained again for a forest's sake has its record already.
        if opened is not None:
            opened.tell(*epochs)

    def _finish(self, record: RunRecord) -> None:
        opened = self._open.pop(record.key, None)
        path = path_of(self._store, record)
        if opened and tuple(opened.told) == record.history:
            close_with(opened.log, record, path)
        elif self._tracker.logged().get(record.key) != version_of(record):
            log_record(self._tracker, record, path)
