"""Ray: a task per run on the nodes of a cluster, or on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.engines.failures import Failures
from bench.engines.jobs import write_jobs
from bench.engines.ray_task import do
from bench.engines.session import Session
from bench.engines.steps import Step, steps_of
from bench.errors import BenchError
from bench.planning.plan import Plan
from bench.progress import events
from bench.records.record import RunRecord
from bench.training.stop import check_stop

_POLL_SECONDS = 0.5
# How often a task is started again whose worker or node was lost.
_LOST = 3


class RayEngine:
    """Every node must see the results folder, the images and this code under the same paths."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        """See `bench.engines.protocol.Engine`."""
        steps = list(steps_of(plan, session))
        keys = set(write_jobs(steps, session))
        for step in steps:
            if step.run.key not in keys:
                record = session.find(step.run)
                if record is not None:
                    session.listener(events.RunFinished(step.run, record, found=True))
                    yield record
        waiting = [step for step in steps if step.run.key in keys]
        if not waiting:
            return
        ray, started = _connected(session)
        tasks = _Tasks(ray, session)
        try:
            yield from tasks.carry_out(waiting)
        finally:
            tasks.cancel()
            if started:
                ray.shutdown()


class _Tasks:
    """The tasks of one plan."""

    def __init__(self, ray: Any, session: Session) -> None:
        from ray.util.queue import Queue

        self._ray, self._session = ray, session
        self._failures = Failures(session)
        # No core of its own: it must not keep a run waiting.
        self._heard = Queue(actor_options={"num_cpus": 0})
        self._steps: dict[Any, Step] = {}

    def carry_out(self, waiting: list[Step]) -> Iterator[RunRecord]:
        planned, done = {step.run.key for step in waiting}, set[str]()
        while waiting or self._steps:
            check_stop()
            for step in list(waiting):
                if self._failures.blocks(step):
                    waiting.remove(step)
                elif all(n.key in done or n.key not in planned for n in step.run.needs):
                    waiting.remove(step)
                    self._start(step)
            ended, _ = self._ray.wait(list(self._steps), timeout=_POLL_SECONDS)
            self._tell()
            for task in ended:
                step = self._steps.pop(task)
                done.add(step.run.key)
                record = self._result(task, step)
                if record is not None:
                    yield record

    def cancel(self) -> None:
        """End every task that is left, and the queue."""
        for task in self._steps:
            with suppress(Exception):
                self._ray.cancel(task, force=True)
        with suppress(Exception):
            self._heard.shutdown(force=True)

    def _start(self, step: Step) -> None:
        options = self._session.cluster
        cores = 1 if step.run.recipe.one_core else max(1, self._most_cores())
        task = self._ray.remote(
            num_cpus=cores, num_gpus=options.gpus, max_calls=1, max_retries=_LOST
        )(do)
        root = str(self._session.store.root.absolute())
        self._steps[task.remote(step.run.key, root, self._heard)] = step

    def _most_cores(self) -> int:
        """Of the smallest node, so that a task fits on any."""
        nodes = [node["Resources"].get("CPU", 0) for node in self._ray.nodes() if node["Alive"]]
        return int(min(filter(None, nodes), default=1))

    def _tell(self) -> None:
        from ray.util.queue import Empty

        with suppress(Empty):
            while True:
                self._session.listener(self._heard.get_nowait())

    def _result(self, task: Any, step: Step) -> RunRecord | None:
        try:
            failure: str = self._ray.get(task)
        except (self._ray.exceptions.RayError, OSError) as error:
            self._failures.tell(step.run, f"Ray lost it: {' '.join(str(error).split())[:300]}")
            return None
        if failure:
            # The task has listed it in the ledger; here it is told once more, to those who watch.
            self._failures.note(step.run, failure)
            return None
        record = self._session.find(step.run)
        if record is None or not step.asked:
            return None
        self._session.listener(events.RunFinished(step.run, record, found=False))
        return record


def _connected(session: Session) -> tuple[Any, bool]:
    """Ray, and whether it was started from here."""
    try:
        import ray
    except ImportError:
        raise BenchError("the ray engine needs Ray; install cifar100-bench[ray]") from None
    if ray.is_initialized():
        return ray, False
    here = os.pathsep.join([str(Path.cwd()), *(path for path in sys.path if path)])
    try:
        ray.init(
            address=session.cluster.address,
            runtime_env={"env_vars": {"PYTHONPATH": here}},
            log_to_driver=False,
            include_dashboard=False,
            **({} if session.cluster.address else {"num_cpus": session.workers}),
        )
    except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
        raise BenchError(
            f"no Ray at {session.cluster.address or 'this machine'}: {' '.join(str(error).split())}"
        ) from error
    return ray, True
