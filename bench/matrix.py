"""All runs of a matrix, one after the other, and the leaderboard that they give."""

from __future__ import annotations

from collections.abc import Callable

from bench.leaderboard import write_leaderboard
from bench.planning import Matrix
from bench.records import RunRecord
from bench.runs import Run
from bench.trial import run_trial


def refresh_leaderboard(run: Run) -> None:
    """Write the leaderboard that a run belongs to."""
    write_leaderboard(run.context.store)


def run_matrix(
    matrix: Matrix, refresh: Callable[[Run], object] = refresh_leaderboard
) -> tuple[RunRecord, ...]:
    """Do every run that is not yet recorded, and refresh its pages after each.

    Raises:
        BenchError: bad input; what was finished before stays.
    """
    records = []
    for run in matrix.runs:
        records.append(run_trial(run))
        refresh(run)
    return tuple(records)
