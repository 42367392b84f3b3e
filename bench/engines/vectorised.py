"""Seeds of one approach trained in one program, on accelerators under JAX."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
from filelock import FileLock, Timeout

from bench.approaches.recipes import ForestRecipe
from bench.planning.runs import Run
from bench.progress import events

# A larger network fills the device by itself, and its checkpoints would take longer than its steps.
LARGEST = 5_000_000


def train_side_by_side(runs: Sequence[Run]) -> bool:
    """Train all seeds to their end and leave each as a finished checkpoint, and say whether.

    `bench.engines.trial.run_trial` then goes on from there: nothing is left to train, and each run
    is scored and recorded as any other. Where the seeds cannot share a program (another backend, no
    accelerator, a large network, samples that do not fit, fewer than two seeds to train), nothing
    is done.

    Args:
        runs: of one approach and one context.
    """
    waiting = [run for run in runs if run.context.rerun or not run.context.store.read(run.folder)]
    if len(waiting) < 2 or not _has_accelerator(waiting[0]):
        return False
    locks = [FileLock(run.folder.with_suffix(".lock"), timeout=0) for run in waiting]
    try:
        for run, lock in zip(waiting, locks, strict=True):
            run.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        return _train(waiting)
    except Timeout:
        # Another process is at one of these runs: each alone will wait for its turn.
        return False
    finally:
        for lock in locks:
            lock.release()


def by_approach(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Neighbouring runs of one approach whose networks might share a program."""
    for _, group in groupby(runs, key=lambda run: (run.approach.name, run.context.tier)):
        yield list(group)


def _has_accelerator(run: Run) -> bool:
    if run.context.backend != "jax" or isinstance(run.approach.recipe, ForestRecipe):
        return False
    from bench.system.devices import has_accelerator

    return has_accelerator()


def _train(runs: Sequence[Run]) -> bool:
    import keras

    from bench.estimators.network import begin
    from bench.inputs.splits import read_inputs
    from bench.records.store import CHECKPOINT
    from bench.training.compiled_epochs import SideBySideEpochs, fits_on_device

    for run in runs:
        if run.context.rerun:
            (run.folder / CHECKPOINT).unlink(missing_ok=True)
    inputs = read_inputs(runs[0])
    keras.backend.clear_session()
    begun = [begin(run, inputs) for run in runs]
    if begun[0][0].count_params() > LARGEST or not fits_on_device(inputs.train):
        return False
    first = runs[0]
    first.context.listener(
        events.SeedsStarted(first.approach.name, tuple(run.seed for run in runs), first.epochs)
    )
    curves = [state for _, state in begun]
    size, length = curves[0].recipe.batch_size, len(inputs.train)
    active: list[int] = []
    while unfinished := [i for i, state in enumerate(curves) if not state.finished]:
        if unfinished != active:
            active = unfinished
            run_epoch = SideBySideEpochs([curves[i].pipeline for i in active], inputs.train, size)
        started = time.perf_counter()
        results = run_epoch(np.stack([curves[i].next_order(length) for i in active]))
        seconds = (time.perf_counter() - started) / len(active)
        for i, (loss, accuracy) in zip(active, results, strict=True):
            curves[i].conclude_epoch(loss, accuracy, seconds, shared_by=len(active))
    return True
