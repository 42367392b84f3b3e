"""Options of engines on several machines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.errors import BenchError


@dataclass(frozen=True)
class ClusterOptions:
    """Where and how long jobs run; `None` leaves a choice to the cluster.

    Attributes:
        partition: SLURM's partition.
        gpus: of each job or task; Ray knows fractions.
        minutes: limit of a job.
        address: of a Ray cluster; `None` starts one on this machine.
    """

    partition: str | None = None
    gpus: float = 0
    minutes: int | None = None
    address: str | None = None


def minutes_of(text: str) -> int:
    """Minutes of a time limit as SLURM writes them: M, M:S, H:M:S or D-H:M:S, rounded up.

    Raises:
        BenchError: the text is something else, or less than a minute.
    """
    found = re.fullmatch(r"(?:(\d{1,3})-)?(\d{1,5}(?::\d{1,2}){0,2})", text)
    if found:
        days, parts = int(found[1] or 0), [int(part) for part in found[2].split(":")]
        if days:
            hours, minutes, seconds = (*parts, 0, 0)[:3]
        elif len(parts) == 3:
            hours, minutes, seconds = parts
        else:
            hours, minutes, seconds = 0, *(*parts, 0)[:2]
        total = days * 1440 + hours * 60 + minutes + (seconds > 0)
        if total:
            return total
    raise BenchError(f"--time {text!r} is no limit; give minutes or HH:MM:SS, such as 2:00:00")
