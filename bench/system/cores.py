"""The cores that this process may use."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager

THREAD_VARIABLES = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    # JAX's: it counts cores, not threads, and knows no other way.
    "PJRT_NPROC",
    "NPROC",
)


def available_cores() -> int:
    """How many there are; fewer than the machine's where it is shared or pinned."""
    return len(own_cores()) or os.cpu_count() or 1


def own_cores() -> list[int]:
    """Their numbers; none where processes cannot be pinned, as on macOS."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def threads() -> int:
    """How many threads one operation of this process may use."""
    set_before_start = os.environ.get(THREAD_VARIABLES[0], "")
    return int(set_before_start) if set_before_start.isdigit() else available_cores()


@contextmanager
def started_on(cores: Collection[int], threads: int) -> Iterator[None]:
    """Let a process that is started in the block have these cores and this many threads.

    Both must be set before it starts: frameworks count their threads when they are imported.

    Args:
        cores: their numbers; none where processes cannot be pinned.
        threads: of TensorFlow, JAX, OpenMP and OpenBLAS.
    """
    before = os.sched_getaffinity(0) if cores else set()
    variables = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))
    if cores:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        if cores:
            os.sched_setaffinity(0, before)
        for name, value in variables.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
