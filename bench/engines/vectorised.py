"""Seeds of one approach trained in one program, on accelerators under JAX."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby

import numpy as np
from filelock import FileLock, Timeout

from bench.engines.failures import Failures
from bench.engines.session import Session
from bench.engines.steps import perform, steps_of
from bench.engines.unit import task_of
from bench.planning.plan import Plan
from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.records.record import RunRecord

# A larger network fills the device by itself, and its checkpoints would take longer than its steps.
LARGEST = 5_000_000


class VectorisedEngine:
    """Trains the seeds of an approach side by side where they can share a program."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        """See `bench.engines.protocol.Engine`."""
        failures = Failures(session)
        for _, group in groupby(steps_of(plan, session), key=lambda step: step.run.approach):
            steps = list(group)
            trained = train_side_by_side([step.run for step in steps if step.asked], session)
            for step in steps:
                if failures.blocks(step):
                    continue
                record = None
                with failures.caught(step):
                    record = perform(step, session, trained=trained)
                if record is not None:
                    yield record


def train_side_by_side(runs: Sequence[RunSpec], session: Session) -> bool:
    """Train all seeds to their end and leave each as a finished checkpoint, and say whether.

    `bench.engines.unit.do_run` then goes on from there: nothing is left to train, and each run is
    scored and recorded as any other. Where the seeds cannot share a program (another backend, no
    accelerator, a large network, samples that do not fit, fewer than two seeds to train), nothing
    is done.

    Args:
        runs: of one approach.
        session: how they are carried out.
    """
    waiting = [run for run in runs if session.is_to_do(run)]
    if len(waiting) < 2 or not _can_share(waiting[0]):
        return False
    with ExitStack() as locks:
        try:
            for run in waiting:
                folder = session.folder(run)
                folder.mkdir(parents=True, exist_ok=True)
                locks.enter_context(FileLock(folder.with_suffix(".lock"), timeout=0))
        except Timeout:
            # Another process is at one of these runs: each alone will wait for its turn.
            return False
        return _train(waiting, session)


def _can_share(run: RunSpec) -> bool:
    if run.backend != "jax" or run.epochs == 0:
        return False
    from bench.system.devices import has_accelerator

    return has_accelerator()


def _train(runs: Sequence[RunSpec], session: Session) -> bool:
    import keras

    from bench.estimators.network import begin
    from bench.records.store import CHECKPOINT
    from bench.training.compiled_epochs import SideBySideEpochs, fits_on_device

    if session.rerun:
        for run in runs:
            (session.folder(run) / CHECKPOINT).unlink(missing_ok=True)
    tasks = [task_of(run, session, session.folder(run)) for run in runs]
    inputs = tasks[0].inputs
    keras.backend.clear_session()
    begun = [begin(task) for task in tasks]
    if begun[0][0].count_params() > LARGEST or not fits_on_device(inputs.train):
        return False
    session.listener(events.SeedsStarted(tuple(runs)))
    states = [state for _, state in begun]
    size, length = states[0].recipe.batch_size, len(inputs.train)
    active: list[int] = []
    while unfinished := [i for i, state in enumerate(states) if not state.finished]:
        if unfinished != active:
            active = unfinished
            run_epoch = SideBySideEpochs([states[i].pipeline for i in active], inputs.train, size)
        started = time.perf_counter()
        results = run_epoch(np.stack([states[i].next_order(length) for i in active]))
        seconds = (time.perf_counter() - started) / len(active)
        for i, (loss, accuracy) in zip(active, results, strict=True):
            states[i].conclude_epoch(loss, accuracy, seconds, shared_by=len(active))
    return True
