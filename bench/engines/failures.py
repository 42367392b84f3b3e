"""Runs that fail by their own fault: told, remembered, and no hindrance to the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench.engines.session import Session
from bench.engines.steps import Step
from bench.errors import BenchError, RunError
from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.records.environment import provenance
from bench.records.ledger import INFRASTRUCTURE
from bench.system.clock import now
from datasets import DataError
from models import ModelError


class Failures:
    """The failed runs of one plan.

    Args:
        session: its listener is told each failure.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failed: set[str] = set()

    def tell(self, run: RunSpec, reason: str) -> None:
        """Remember that a run failed, list it in the ledger, and say so."""
        self._failed.add(run.key)
        line = " ".join(reason.split())
        store = self._session.store.collection(run.collection)
        store.fail(
            self._session.folder(run), started=now(), commit=provenance().commit, reason=line
        )
        self._session.listener(events.RunFailed(run, line))

    def note(self, run: RunSpec, reason: str) -> None:
        """Remember and tell a failure that another process has listed already."""
        self._failed.add(run.key)
        self._session.listener(events.RunFailed(run, reason))

    def lost(self, run: RunSpec, attempt: int, reason: str) -> None:
        """List an attempt that ended by no fault of the run, which is tried again."""
        words = " ".join(reason.split())
        self._session.store.collection(run.collection).fail(
            self._session.folder(run),
            started=now(),
            commit=provenance().commit,
            reason=f"{INFRASTRUCTURE}attempt {attempt}, {words}; tried again",
        )

    def has(self, run: RunSpec) -> bool:
        """Whether this run has failed already."""
        return run.key in self._failed

    def blocks(self, step: Step) -> bool:
        """Whether something that the step needs has failed; then it fails too, and is told."""
        failed = [run for run in step.run.needs if run.key in self._failed]
        if failed:
            self.tell(step.run, f"its network {failed[0].approach} seed {failed[0].seed} failed")
        return bool(failed)

    @contextmanager
    def caught(self, step: Step) -> Iterator[None]:
        """Tell what a step raises in the block by its own fault, instead of raising it."""
        try:
            yield
        except Exception as error:
            if is_input_error(error):
                raise
            self.tell(step.run, said(error))


def is_input_error(error: BaseException) -> bool:
    """Whether an error speaks of what a user handed over, and not of one run."""
    return isinstance(error, (BenchError, DataError, ModelError)) and not isinstance(
        error, RunError
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a run ended for want of memory: Python's error, or what XLA and TensorFlow raise."""
    name = type(error).__name__
    return (
        isinstance(error, MemoryError)
        or name == "ResourceExhaustedError"
        or "RESOURCE_EXHAUSTED" in str(error)
    )


def said(error: BaseException) -> str:
    """An error in one line."""
    words = " ".join(str(error).split()) or "no reason given"
    return words if isinstance(error, RunError) else f"{type(error).__name__}: {words}"
