"""Contestants that take turns, so that a machine's slow minute hits all of them alike.

pytest-benchmark measures one test after the other. Here all rounds are measured first, and each
test hands its own to pytest-benchmark by a clock that moves by nothing but what was measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

Times = Mapping[str, list[float]]


def take_turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """Seconds of each contestant in each round, after a round that is not counted.

    Every other round goes backwards, so that none always follows the same other.
    """
    times: dict[str, list[float]] = {name: [] for name in contestants}
    order = list(contestants)
    for number in range(rounds + 1):
        for name in reversed(order) if number % 2 else order:
            start = time.perf_counter()
            contestants[name]()
            if number:
                times[name].append(time.perf_counter() - start)
    return times


class Clock:
    """The timer of benchmarks that were measured before: `@pytest.mark.benchmark(timer=CLOCK)`."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        return self._now

    def replay(self, benchmark, times: list[float]) -> None:
        """Give these rounds to the fixture `benchmark`."""
        left = iter(times)

        def pass_time() -> None:
            self._now += next(left)

        benchmark.pedantic(pass_time, rounds=len(times))


CLOCK = Clock()
