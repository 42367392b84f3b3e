"""One fresh process for each run, side by side where the cores allow it.

A run of a small network takes one core and one thread, whatever else goes on: its steps are too
short to be divided, and its bits then do not depend on the machine's number of cores. A large head,
a frozen backbone or a forest has the machine to itself. No process does two runs, so that no
framework keeps memory from one for the next.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from bench.engines.failures import Failures
from bench.engines.interrupts import held_back
from bench.engines.session import Session
from bench.engines.steps import Step, steps_of
from bench.engines.unit import drop_checkpoint
from bench.engines.worker import Abort, OutOfMemory, work
from bench.errors import BenchError
from bench.planning.plan import Plan
from bench.progress import events
from bench.records.record import RunRecord
from bench.system.cores import available_cores, own_cores, started_on
from bench.training.stop import check_stop, stop_requested

_POLL_SECONDS = 0.5
# A process that was killed, took too long or ran out of memory is replaced this often before its
# run counts as failed.
_RETRIES = 1
# A forest cannot stop between two steps, as it has none.
_STOP_SECONDS = 20.0
# Threads of a framework can keep a process that has said all it had to say.
_EXIT_SECONDS = 20.0


@dataclass
class _Running:
    """A process at work on a step.

    Attributes:
        cores: those that no other run has meanwhile.
        lost: why it was ended from here; empty where it was not.
        recorded: whether it has told of its run's record.
    """

    step: Step
    cores: tuple[int, ...]
    process: SpawnProcess
    said: Connection
    began: float = field(default_factory=time.monotonic)
    lost: str = ""
    recorded: bool = False


class ProcessEngine:
    """A process per run on this machine."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        """See `bench.engines.protocol.Engine`."""
        yield from carry_out_steps(list(steps_of(plan, session)), session)


def carry_out_steps(steps: Sequence[Step], session: Session) -> Iterator[RunRecord]:
    """Do steps, each in a process of its own; see `bench.engines.protocol.Engine`."""
    with _Pool(session) as pool:
        yield from pool.carry_out(steps)


class _Pool:
    """The processes of one plan; all of them end with the block."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failures = Failures(session)
        self._context = multiprocessing.get_context("spawn")
        self._free = _free_cores(session.workers)
        self._all = tuple(self._free)
        self._running: list[_Running] = []
        self._done: set[str] = set()
        self._attempts: dict[str, int] = {}
        self._short_of_memory: set[str] = set()
        self._noted: set[events.Note] = set()

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *raised: object) -> None:
        for running in self._running:
            running.process.kill()
        for running in self._running:
            running.process.join()

    def carry_out(self, steps: Sequence[Step]) -> Iterator[RunRecord]:
        waiting: list[Step] = []
        for step in steps:
            # What is recorded is found here, without a process.
            record = None
            if step.asked and not step.needed and not self._session.is_to_do(step.run):
                record = self._session.find(step.run)
            if record is None:
                waiting.append(step)
            else:
                self._done.add(step.run.key)
                drop_checkpoint(step.run, self._session)
                self._session.listener(events.RunFinished(step.run, record, found=True))
                yield record
        planned = {step.run.key for step in waiting}
        while waiting or self._running:
            if stop_requested():
                self._stop()
            self._start_what_can(waiting, planned)
            yield from self._listen(waiting)

    def _stop(self) -> None:
        """Have every process stop after its step, and wait for that a limited time.

        Raises:
            StopRequested: always.
        """
        for running in self._running:
            running.process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for running in self._running:
            running.process.join(max(0.0, deadline - time.monotonic()))
        check_stop()

    def _start_what_can(self, waiting: list[Step], planned: set[str]) -> None:
        for step in list(waiting):
            if self._failures.blocks(step):
                waiting.remove(step)
                continue
            ready = all(n.key in self._done or n.key not in planned for n in step.run.needs)
            if not ready:
                continue
            kept = self._kept_for(step)
            if kept > len(self._free):
                # Whoever needs all cores comes first, or it would wait for ever.
                return
            waiting.remove(step)
            self._running.append(self._start(step, tuple(self._free[:kept])))
            del self._free[:kept]

    def _kept_for(self, step: Step) -> int:
        """How many cores no other run has while this step goes on."""
        if not step.run.recipe.one_core:
            return len(self._all)
        neighbours = len(self._all) - 1
        if step.run.key in self._short_of_memory:
            # Half the neighbours leave it twice the memory or more; its own threads stay as they
            # are, as they are part of its bits.
            neighbours //= 2
        return len(self._all) - neighbours

    def _start(self, step: Step, kept: tuple[int, ...]) -> _Running:
        cores = kept[:1] if step.run.recipe.one_core else kept
        said, teller = self._context.Pipe(duplex=False)
        attempts = self._session.attempts + self._attempts.get(step.run.key, 0)
        session = replace(self._session, attempts=attempts)
        job = {"step": step.to_plain(), "session": session.to_plain()}
        process = self._context.Process(target=work, args=(job, teller))
        with started_on(cores if own_cores() else (), threads=len(cores)), held_back():
            process.start()
        teller.close()
        return _Running(step, kept, process, said)

    def _listen(self, waiting: list[Step]) -> Iterator[RunRecord]:
        by_connection: dict[Any, _Running] = {running.said: running for running in self._running}
        for ready in wait(list(by_connection), timeout=_POLL_SECONDS):
            running = by_connection[ready]
            try:
                said = running.said.recv()
            except (EOFError, OSError):
                self._ended(running, waiting)
                continue
            if isinstance(said, Abort):
                raise BenchError(said.reason)
            if isinstance(said, OutOfMemory):
                running.lost = said.reason
                self._short_of_memory.add(running.step.run.key)
                continue
            if isinstance(said, events.RunFailed):
                self._failures.tell(running.step.run, said.reason)
                continue
            if isinstance(said, events.Note) and said in self._noted:
                # What every process says is said once.
                continue
            if isinstance(said, events.Note):
                self._noted.add(said)
            self._session.listener(said)
            if isinstance(said, events.RunFinished) and said.run.key == running.step.run.key:
                running.recorded = True
                yield said.record
        self._end_what_takes_too_long()

    def _ended(self, running: _Running, waiting: list[Step]) -> None:
        """A process has closed its end: it is done, or was killed."""
        running.process.join(_EXIT_SECONDS)
        if running.process.is_alive():
            running.process.kill()
            running.process.join()
        running.said.close()
        self._running.remove(running)
        self._free = sorted((*self._free, *running.cores))
        run, code = running.step.run, running.process.exitcode
        self._done.add(run.key)
        if (not code and not running.lost) or self._failures.has(run) or self._is_done(running):
            return
        if code == -signal.SIGKILL and not running.lost:
            # What the kernel does where memory is short looks like this, and tells nobody.
            self._short_of_memory.add(run.key)
        attempts = self._attempts[run.key] = self._attempts.get(run.key, 0) + 1
        reason = running.lost or f"its process ended with exit code {code}"
        if attempts <= _RETRIES:
            self._failures.lost(run, attempts, reason)
            self._session.listener(
                events.Note(f"{run.approach} seed {run.seed}: {reason}; it goes on in a new one")
            )
            self._done.discard(run.key)
            waiting.insert(0, running.step)
        else:
            self._failures.tell(run, reason)

    def _is_done(self, running: _Running) -> bool:
        """Whether all that the step is for is there, however its process ended after that."""
        step = running.step
        trained = not step.needed or self._session.trained_folder(step.run) is not None
        return running.recorded and trained

    def _end_what_takes_too_long(self) -> None:
        """Kill what is over its time; that it ended is heard with the next look."""
        limit = self._session.timeout
        for running in self._running:
            if limit is not None and time.monotonic() - running.began > limit and not running.lost:
                running.lost = f"it took longer than {limit:g} s"
                with suppress(ValueError):
                    running.process.kill()


def _free_cores(workers: int | None) -> list[int]:
    cores = own_cores() or list(range(available_cores()))
    return cores if workers is None else cores[:workers]
