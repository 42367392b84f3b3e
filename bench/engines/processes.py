"""Small networks trained side by side on a CPU: one process a core, each with its core to itself.

The steps of a small network are too short to be divided: one process with all cores spends much of
its time in handing work over, and as many processes as cores, each with one thread, do more runs
in the same time. Large heads and frozen backbones fill all cores by themselves.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from bench.approaches.recipes import NetworkRecipe
from bench.engines.trial import run_trial
from bench.errors import BenchError
from bench.planning.plan import Plan
from bench.planning.runs import Run
from bench.progress import events
from bench.records.record import RunRecord
from bench.system.cores import available_cores, own_cores, pinned_to
from datasets import DataError
from models import ModelError

Planner = Callable[[], Plan]
_POLL_SECONDS = 0.5


def run_on_cores(
    runs: Sequence[Run],
    planner: Planner,
    workers: int | None = None,
    refresh: Callable[[Run], object] = lambda run: None,
) -> dict[Path, RunRecord]:
    """Do those of the runs that gain by it on one per core, and give their records by folder.

    Runs that are recorded already, networks on a pretrained backbone and forests are left alone,
    and so is everything where there is an accelerator, one worker, or less than two runs to do.

    Args:
        runs: some of what `planner` plans.
        planner: plans the same matrix again in another process: a module-level function, or a
            `functools.partial` of one. Images are not sent, but read again.
        workers: how many processes; `None` is one a core where processes can be pinned.
        refresh: told each run once it is recorded.

    Raises:
        BenchError: a run failed, or its process was killed; what was finished before stays.
    """
    waiting = [run for run in runs if _is_small(run) and _is_to_do(run)]
    if workers is None:
        workers = len(own_cores())
    count = min(workers, len(waiting))
    if count < 2 or _has_accelerator():
        return {}
    by_folder = {str(run.folder): run for run in waiting}
    records: dict[Path, RunRecord] = {}
    with _processes(planner, list(by_folder), count) as (processes, told):
        while len(records) < len(waiting):
            for folder, what in _next(told, processes):
                if isinstance(what, str):
                    raise BenchError(what)
                run = by_folder[folder]
                run.context.listener(_complete(what, run))
                if isinstance(what, events.RunFinished):
                    records[run.folder] = what.record
                    refresh(run)
    return records


def _is_small(run: Run) -> bool:
    recipe = run.approach.recipe
    return isinstance(recipe, NetworkRecipe) and recipe.backbone is None


def _is_to_do(run: Run) -> bool:
    return run.context.rerun or run.context.store.read(run.folder) is None


def _has_accelerator() -> bool:
    from bench.system.devices import has_accelerator

    return has_accelerator()


def _complete(event: events.Event, run: Run) -> events.Event:
    """Events come without their run, which holds the images."""
    return replace(event, run=run) if isinstance(event, events.RunStarted) else event


@contextmanager
def _processes(
    planner: Planner, folders: Sequence[str], count: int
) -> Iterator[tuple[list[SpawnProcess], Any]]:
    """Processes that share the work, and the queue of what they tell; ended with the block."""
    context = multiprocessing.get_context("spawn")
    work, told = context.Queue(), context.Queue()
    for folder in [*folders, *[None] * count]:
        work.put(folder)
    cores: list[int] | list[None] = own_cores() or [None] * available_cores()
    processes = []
    try:
        for number in range(count):
            process = context.Process(target=_work, args=(planner, work, told), daemon=True)
            with pinned_to(cores[number % len(cores)]):
                process.start()
            processes.append(process)
        yield processes, told
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _next(told: Any, processes: Sequence[SpawnProcess]) -> Iterator[tuple[str, events.Event | str]]:
    try:
        yield told.get(timeout=_POLL_SECONDS)
    except queue.Empty:
        for process in processes:
            if process.exitcode:
                raise BenchError(
                    f"a worker ended with exit code {process.exitcode}; run again, and the run "
                    "that it did goes on from its last finished epoch"
                ) from None


def _work(planner: Planner, work: Any, told: Any) -> None:
    """One worker: plan, then do runs until there are no more."""
    # An interrupt from the terminal reaches every process: the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    folder = ""
    try:
        runs = {str(run.folder): run for run in planner().runs}
        while (folder := work.get()) is not None:
            run, tell = runs[folder], _teller(folder, told)
            run_trial(replace(run, context=replace(run.context, listener=tell)))
    except (BenchError, DataError, ModelError) as error:
        told.put((folder, str(error)))


def _teller(folder: str, told: Any) -> events.Listener:
    def tell(event: events.Event) -> None:
        if isinstance(event, events.RunStarted):
            event = replace(event, run=None)
        told.put((folder, event))

    return tell
