"""A quantity over the seeds of a row, rounded as the leaderboard keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis.statistics import Interval, mean, mean_interval, standard_deviation
from bench.leaderboard.model import Measured

DIGITS = 6


def measured(values: Sequence[float]) -> Measured:
    """Mean, spread and interval of one value per seed."""
    deviation, interval = standard_deviation(values), mean_interval(values)
    return Measured(
        mean=round(mean(values), DIGITS),
        sd=None if deviation is None else round(deviation, DIGITS),
        interval=rounded(interval) if interval else None,
        values=tuple(round(value, DIGITS) for value in values),
    )


def rounded(interval: Interval) -> Interval:
    """The same interval with as many decimals as the leaderboard keeps."""
    return Interval(round(interval.low, DIGITS), round(interval.high, DIGITS))
