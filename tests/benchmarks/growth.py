"""How a cost grows: measured at four sizes, and the power of the size that fits."""

import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Work = Callable[[], object]
REPEATS = 2


@dataclass(frozen=True)
class Cost:
    """Seconds of the fastest repeat, and peak memory in MiB."""

    seconds: float
    mebibytes: float


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """The e of cost = c · sizeᵉ, by least squares on the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def cost_of(work: Work) -> Cost:
    """What `work` takes; memory is what Python and NumPy ask for, counted in a run of its own."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    tracemalloc.start()
    try:
        work()
        return Cost(min(seconds), tracemalloc.get_traced_memory()[1] / 2**20)
    finally:
        tracemalloc.stop()


def as_row(what: str, of: str, sizes: Sequence[int], costs: Sequence[Cost]) -> dict[str, str]:
    """One line for the page of benchmarks."""
    seconds, mebibytes = ([getattr(c, name) for c in costs] for name in ("seconds", "mebibytes"))
    return {
        "cost": what,
        "grows with": of,
        "sizes": _joined(sizes),
        "milliseconds": _joined([1000 * s for s in seconds]),
        "time ~ size^": f"{exponent(sizes, seconds):.2f}",
        "peak MiB": _joined(mebibytes),
        "memory ~ size^": f"{exponent(sizes, mebibytes):.2f}",
    }


def _joined(values: Sequence[float]) -> str:
    return ", ".join(f"{v:,.0f}" if v >= 100 else f"{v:.3g}" for v in values)
