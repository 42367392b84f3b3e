"""What the machine itself can do, measured in the same run: its rate at products of plans."""

import time
from collections.abc import Callable, Sequence


def best_seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """The fastest of some rounds, after one that is not counted."""
    work()
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def product_rate(multiply: Callable[[int], object], sizes: Sequence[int] = (2048, 3072)) -> float:
    """Floating-point operations a second; `multiply` takes n and multiplies n x n by n x n."""
    return max(2 * n**3 / best_seconds(lambda n=n: multiply(n)) for n in sizes)
