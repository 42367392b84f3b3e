"""The cores that this process may use."""

import os


def available_cores() -> int:
    """How many there are; fewer than the machine's where it is shared or pinned."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
