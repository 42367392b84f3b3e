"""SLURM: an array of jobs over the keys of a plan, on nodes that see the results folder."""

from __future__ import annotations

import math
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.engines.bundles import bundles
from bench.engines.cluster import ClusterOptions
from bench.engines.jobs import write_jobs
from bench.engines.session import Session
from bench.engines.slurm_task import RunKeys
from bench.engines.steps import Step, steps_of
from bench.engines.watching import watch
from bench.errors import BenchError
from bench.planning.plan import Plan
from bench.records.record import RunRecord

FOLDER = "slurm"
# Before a job's limit SLURM warns it this long, so that it is sent again from its checkpoint.
_WARNING_SECONDS = 90
# How often a job that ran into its limit is sent again.
_MOST_TIMEOUTS = 10
_CANCEL_SECONDS = 1.0


class SlurmEngine:
    """Submits what is missing, and waits for it."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        """See `bench.engines.protocol.Engine`."""
        steps = list(steps_of(plan, session))
        jobs = submit(steps, session)
        try:
            yield from watch(steps, session, lambda: not _ended(jobs))
        except BaseException:
            for job in jobs:
                job.cancel(check=False)
            time.sleep(_CANCEL_SECONDS)
            raise


def submit(steps: Sequence[Step], session: Session) -> list[Any]:
    """Submit an array of what is to be done; gives submitit's jobs, none where nothing is.

    Raises:
        BenchError: submitit is not installed, there is no SLURM here, or it refuses the job.
    """
    keys = write_jobs(steps, session)
    groups = bundles([step for step in steps if step.run.key in set(keys)])
    if not groups:
        return []
    try:
        import submitit
    except ImportError:
        raise BenchError(
            "the slurm engine needs submitit; install cifar100-bench[slurm], or use --print"
        ) from None
    results = session.store.root.absolute()
    try:
        executor = submitit.SlurmExecutor(results / FOLDER, max_num_timeout=_MOST_TIMEOUTS)
        executor.update_parameters(**_parameters(session.cluster, len(groups)))
        return list(executor.map_array(RunKeys(), groups, [str(results)] * len(groups)))
    except (RuntimeError, OSError, ValueError, submitit.core.utils.FailedJobError) as error:
        raise BenchError(f"SLURM took no job: {' '.join(str(error).split())}") from error


def script(steps: Sequence[Step], session: Session) -> str:
    """A script for `sbatch` that does the same without submitit."""
    keys = write_jobs(steps, session)
    groups = bundles([step for step in steps if step.run.key in set(keys)])
    if not groups:
        raise BenchError("every run is recorded; there is nothing to submit")
    options, results = session.cluster, session.store.root.absolute()
    asked = [
        "--job-name=bench",
        f"--array=0-{len(groups) - 1}",
        f"--output={results / FOLDER}/%A_%a.out",
        "--open-mode=append",
        "--requeue",
        *([f"--partition={options.partition}"] if options.partition else []),
        *([f"--gpus-per-node={math.ceil(options.gpus)}"] if options.gpus else []),
        *([f"--time={options.minutes}"] if options.minutes else []),
    ]
    (results / FOLDER).mkdir(parents=True, exist_ok=True)
    command = f'{shlex.quote(sys.executable)} -m bench run --only "$key"'
    lines = [
        "#!/bin/bash",
        *(f"#SBATCH {option}" for option in asked),
        f"cd {shlex.quote(str(Path.cwd()))}",
        "jobs=(",
        *(f'  "{" ".join(group)}"' for group in groups),
        ")",
        "for key in ${jobs[$SLURM_ARRAY_TASK_ID]}; do",
        "  # A run that failed is in the ledger and stops no other; what is recorded is left out.",
        f"  [ -e {shlex.quote(str(results))}/plans/$key.json ] || continue",
        f"  {command} --results {shlex.quote(str(results))} || true",
        "done",
    ]
    return "\n".join(lines) + "\n"


def _parameters(options: ClusterOptions, jobs: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "job_name": "bench",
        "array_parallelism": jobs,
        "additional_parameters": {"requeue": True},
        "signal_delay_s": _WARNING_SECONDS,
    }
    if options.partition:
        found["partition"] = options.partition
    if options.gpus:
        found["gpus_per_node"] = math.ceil(options.gpus)
    if options.minutes:
        found["time"] = options.minutes
        found["signal_delay_s"] = min(_WARNING_SECONDS, options.minutes * 60 // 4)
    return found


def _ended(jobs: Sequence[Any]) -> bool:
    return all(job.done() for job in jobs)
