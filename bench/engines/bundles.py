"""Which runs go to one job of a cluster."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

from bench.engines.steps import Step
from bench.planning.shards import family

# An array may have 1,000 jobs where a site has not changed SLURM's limit.
_MOST_JOBS = 1000
# Of a tier that caps the data a job does this many runs, or starting it takes longer than they do.
_SHORT_RUNS = 8


def bundles(steps: Sequence[Step]) -> list[list[str]]:
    """Keys of each job: a network before what reads it, and short runs together.

    Of more runs than an array has jobs for, each job does several.
    """
    families: dict[str, list[Step]] = {}
    for step in steps:
        families.setdefault(family(step.run), []).append(step)
    found: list[list[str]] = []
    room = 0
    for group in families.values():
        if room < len(group):
            found.append([])
            room = _SHORT_RUNS if group[0].run.tier.train_per_class else len(group)
        found[-1] += [step.run.key for step in group]
        room -= len(group)
    each = math.ceil(len(found) / _MOST_JOBS) or 1
    return [list(chain(*found[i : i + each])) for i in range(0, len(found), each)]
