"""How many seeds a plan takes until its documented numbers are resolved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bench.analysis.until_resolution import seeds_wanted
from bench.approaches.approach import Approach
from bench.records.record import RunRecord
from bench.registry import Registry

MOST = 20


def more_seeds(
    records: Iterable[RunRecord], known: Registry[Approach], tolerance: float, most: int = MOST
) -> int | None:
    """The number of seeds to run next; `None` where no more are wanted.

    Args:
        records: of one plan, all seeds that were run.
        known: the approaches, for their documented test accuracies.
        tolerance: as a fraction: a true difference that should be noticed with 80 % power.
        most: never more than that.
    """
    measured: dict[str, list[RunRecord]] = defaultdict(list)
    for record in records:
        measured[record.approach].append(record)
    wanted = []
    for name, of_approach in measured.items():
        documented = known.get(name).documented_value("test_accuracy")
        if documented is not None:
            accuracies = [record.test.accuracy for record in of_approach]
            images = of_approach[0].test.images
            seeds = seeds_wanted(documented.value, accuracies, images, tolerance, most=most)
            wanted.append((seeds, len(of_approach)))
    unresolved = [seeds for seeds, run in wanted if seeds > run]
    return max(unresolved, default=None)
