"""Runs that are done elsewhere, followed by what they leave in the folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from pydantic import ValidationError

from bench.engines.presence import sign_of
from bench.engines.session import Session
from bench.engines.status import epochs_in
from bench.engines.steps import Step
from bench.progress import events
from bench.records.ledger import INFRASTRUCTURE
from bench.records.record import EpochPart, RunRecord
from bench.training.stop import check_stop

_POLL_SECONDS = 1.0
# A shared folder shows a file of another machine that much later.
_GRACE_SECONDS = 15.0


def watch(
    steps: Sequence[Step], session: Session, at_work: Callable[[], bool]
) -> Iterator[RunRecord]:
    """Tell what happens to each asked step, and give the records as they come.

    Args:
        steps: what was handed over.
        session: where records appear.
        at_work: whether somebody still works on them.

    Raises:
        BenchError: a record is damaged.
        StopRequested: somebody asked to stop.
    """
    watched = [_Watched(step, session) for step in steps if step.asked]
    ended: float | None = None
    while watched:
        check_stop()
        last = ended is not None and time.monotonic() - ended > _GRACE_SECONDS
        failures = _failures(session, watched)
        for one in list(watched):
            record = one.look(failures.get(one.key), last=last)
            if record is not None:
                yield record
            if one.over:
                watched.remove(one)
        if not at_work():
            ended = ended or time.monotonic()
        if watched:
            time.sleep(_POLL_SECONDS)


class _Watched:
    """One run that is done elsewhere."""

    def __init__(self, step: Step, session: Session) -> None:
        self._run, self._session = step.run, session
        self._folder = session.folder(step.run)
        self._first = not session.is_to_do(step.run)
        self._before = session.find(step.run) if session.rerun else None
        self._started = False
        self._epochs = 0
        self.known_failures = len(_entries(session, step.run.collection))
        self.over = False

    @property
    def key(self) -> tuple[str, str]:
        return self._run.collection, self._run.key

    def look(self, failure: tuple[int, str] | None, *, last: bool) -> RunRecord | None:
        """Tell what is new; the record, once it is there."""
        tell, run = self._session.listener, self._run
        record = self._session.find(run)
        # Of a rerun the older record lies there until the new one takes its place.
        if record is not None and record != self._before:
            self.over = True
            tell(events.RunFinished(run, record, found=self._first))
            return record
        if failure is not None and failure[0] >= self.known_failures:
            self._fail(failure[1])
        elif last:
            self._fail("its job ended without a record; its output says more")
        else:
            self._follow()
        return None

    def _follow(self) -> None:
        if not self._started and sign_of(self._folder) is not None:
            self._started = True
            self._session.listener(events.RunStarted(self._run))
        for plain in epochs_in(self._folder)[self._epochs :]:
            try:
                epoch = EpochPart(**plain)
            except (ValidationError, TypeError):
                return
            self._epochs += 1
            self._session.listener(events.EpochFinished(self._run, self._epochs, epoch))

    def _fail(self, reason: str) -> None:
        self.over = True
        self._session.listener(events.RunFailed(self._run, reason))


def _failures(
    session: Session, watched: Sequence[_Watched]
) -> dict[tuple[str, str], tuple[int, str]]:
    """Number in the ledger and reason of each run's last failure that is final."""
    found = {}
    for collection in {one.key[0] for one in watched}:
        for number, outcome, key, reason in _entries(session, collection):
            if outcome == "failed" and not reason.startswith(INFRASTRUCTURE):
                found[collection, key] = number, reason
    return found


def _entries(session: Session, collection: str) -> list[tuple[int, str, str, str]]:
    entries = session.store.collection(collection).ledger.entries()
    return [(one.number, one.outcome, one.key, one.reason) for one in entries]
