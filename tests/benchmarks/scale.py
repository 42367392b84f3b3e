"""What a run costs beside its own work, and what grows with the number of runs.

`python -m tests.benchmarks.scale 1000 10000` measures with runs that fit nothing: each writes a
record and predictions of 100 images. Every part runs in a process of its own, so that its peak of
memory is its own. `--engine ray` or `slurm` measures one of them at the sizes given.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import typer

from bench.engines import processes
from bench.engines.carry_out import carry_out
from bench.engines.jobs import read_job, waits, write_jobs
from bench.engines.processes import ProcessEngine
from bench.engines.protocol import Engine
from bench.engines.session import Session
from bench.engines.status import status_of
from bench.engines.steps import Step
from bench.engines.worker import end_with_parent
from bench.planning.plan import Plan
from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.records.opening import open_store
from bench.records.record import RunRecord
from bench.records.store import RunStore
from bench.system.memory import peak_bytes
from tests.support.factories import make_predictions, make_record
from tests.support.tiny import make_run

# Seeds of an approach; more runs are more approaches.
SEEDS = 100


def runs_of(number: int) -> tuple[RunSpec, ...]:
    """So many runs, of approaches that nobody registered."""
    first = make_run("basic_cnn")
    return tuple(
        replace(first, approach=f"stub{i // SEEDS:03}", seed=i % SEEDS) for i in range(number)
    )


def write(run: RunSpec, session: Session) -> RunRecord:
    """What a run leaves, without its training."""
    predictions = make_predictions(0.3 + 0.0001 * (int(run.key, 16) % 1000), n=100, seed=run.seed)
    record = make_record(
        predictions,
        approach=run.approach,
        seed=run.seed,
        key=run.key,
        tier=run.tier.name,
        tier_parameters=run.tier.parameters,
        dataset=run.dataset,
        fingerprint=run.fingerprint,
    )
    return session.store.write(session.folder(run), record, predictions)


class Inline:
    """The runs in this process: what records and their ledger cost."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        for run in plan.runs:
            if session.is_to_do(run):
                yield write(run, session)


def stub_work(job: dict[str, Any], teller: Any) -> None:
    """In place of `bench.engines.worker.work`."""
    end_with_parent()
    run, session = Step.from_plain(job["step"]).run, Session.from_plain(job["session"])
    teller.send(events.RunFinished(run, write(run, session), found=False))


def stub_task(key: str, results: str) -> str:
    """In place of `bench.engines.ray_task.do`."""
    store = open_store(Path(results))
    if waits(store, key):
        step, session = read_job(store, key)
        write(step.run, session)
    return ""


class _AtOnce:
    """A process that is done when it is started: what is left is the engine's own work."""

    exitcode = 0

    def __init__(self, target: Callable[..., None], args: tuple[Any, ...]) -> None:
        self._work = lambda: target(*args)

    def start(self) -> None:
        self._work()

    def join(self, timeout: float | None = None) -> None:
        pass

    kill = join

    def is_alive(self) -> bool:
        return False


@contextmanager
def processes_at_once() -> Iterator[None]:
    with (
        mock.patch("multiprocessing.context.SpawnContext.Process", _AtOnce),
        mock.patch.object(processes, "work", stub_work),
        mock.patch(f"{__name__}.end_with_parent"),
    ):
        yield


def carried_out(results: Path, number: int, engine: Engine) -> None:
    """The plan by an engine, with the pages drawn as they always are."""
    from bench.leaderboard.files import write_leaderboard

    session, plan = Session(RunStore(results)), Plan(runs_of(number))
    write_jobs([Step(run, asked=True, needed=False) for run in plan.runs], session)
    carry_out(plan, session, engine, lambda: write_leaderboard(session.store))


def by_processes(results: Path, number: int) -> None:
    with mock.patch.object(processes, "work", stub_work):
        carried_out(results, number, ProcessEngine())


def by_processes_at_once(results: Path, number: int) -> None:
    with processes_at_once():
        carried_out(results, number, ProcessEngine())


def by_ray(results: Path, number: int) -> None:
    from bench.engines import ray

    with mock.patch.object(ray, "do", stub_task):
        carried_out(results, number, ray.RayEngine())


def collect(results: Path, number: int) -> None:
    from bench.commands.collect import collect as command

    # Made-up records of approaches that nobody knows are problems, and are said.
    with suppress(typer.Exit):
        command(results)


def merge(results: Path, number: int) -> None:
    from bench.records.merging import merge as join

    join([results], results.with_name(f"{results.name}-merged"))


def leaderboard(results: Path, number: int) -> None:
    from bench.leaderboard.files import write_leaderboard

    write_leaderboard(RunStore(results))


PARTS: dict[str, Callable[[Path, int], object]] = {
    "inline": lambda results, number: carried_out(results, number, Inline()),
    "status": lambda results, number: status_of(results),
    "leaderboard": leaderboard,
    "collect": collect,
    "merge": merge,
    "processes, without their start": by_processes_at_once,
    "processes": by_processes,
    "ray": by_ray,
}
# These read what `inline` has left.
READERS = ("status", "leaderboard", "collect", "merge")


def measure(part: str, results: Path, number: int) -> dict[str, Any]:
    """One part in this process: seconds, peak memory, and what was lost."""
    before = time.perf_counter()
    PARTS[part](results, number)
    seconds = time.perf_counter() - before
    found = number if part in READERS else len(RunStore(results).folders())
    return {
        "part": part,
        "runs": number,
        "seconds": round(seconds, 2),
        "ms a run": round(1000 * seconds / number, 2),
        "peak MiB": round(peak_bytes() / 2**20),
        "lost": number - found,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("sizes", type=int, nargs="+")
    arguments.add_argument("--part", action="append", choices=sorted(PARTS))
    arguments.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.here:
        print(json.dumps(measure(given.part[0], given.here, given.sizes[0])))
        return
    parts = given.part or ["inline", *READERS, "processes, without their start"]
    for number in given.sizes:
        with tempfile.TemporaryDirectory(prefix="bench-scale-") as folder:
            for part in parts:
                results = Path(folder) / ("inline" if part in READERS else part.split(",")[0])
                if part not in READERS:
                    results = Path(folder) / part.replace(", ", "-").replace(" ", "-")
                results.mkdir(exist_ok=True)
                command = [sys.executable, "-m", "tests.benchmarks.scale", str(number)]
                command += ["--part", part, "--here", str(results)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                print(done.stdout.splitlines()[-1], flush=True)


if __name__ == "__main__":
    main()
