"""What a SLURM job does: one fresh process for each of its keys, by the folder alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.engines.failures import Failures
from bench.engines.jobs import read_job, waits
from bench.records.opening import open_store
from bench.records.store import RunStore

_ATTEMPTS = 2


class RunKeys:
    """Does runs by their keys; what is pickled are strings alone."""

    def __call__(self, keys: list[str], results: str) -> list[str]:
        """Do every run that still waits; gives the keys of those that have no record now."""
        store = open_store(Path(results))
        # After preemption the job begins again: what is finished waits no longer.
        return [key for key in keys if waits(store, key) and not do(store, key)]

    def checkpoint(self, keys: list[str], results: str) -> Any:
        """What submitit sends again after preemption or at the time limit."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, keys, results)


def do(store: RunStore, key: str) -> bool:
    """Do one run in a process of its own; one that is killed is replaced once."""
    # What another job of the array does at this moment is waited for, by the run's lock.
    command = [sys.executable, "-m", "bench", "run", "--only", key, "--results", str(store.root)]
    for attempt in range(1, _ATTEMPTS + 1):
        code = subprocess.run(command, check=False).returncode
        if code == 0:
            return True
        if code > 0:
            # It has listed its reason itself.
            return False
        step, session = read_job(store, key)
        reason = f"its process ended with exit code {code}"
        if attempt < _ATTEMPTS:
            Failures(session).lost(step.run, attempt, reason)
        else:
            Failures(session).tell(step.run, reason)
    return False
