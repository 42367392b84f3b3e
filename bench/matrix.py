"""All runs of a matrix, one after the other, and the leaderboard that they give."""

from __future__ import annotations

from collections.abc import Callable

from bench.leaderboard import write_leaderboard
from bench.planning import Matrix
from bench.records import RunRecord
from bench.runs import Run
from bench.side_by_side import by_approach, train_side_by_side
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
    for runs in by_approach(matrix.runs):
        trained = train_side_by_side(runs)
        for run in runs:
            records.append(run_trial(run, trained=trained))
            refresh(run)
    return tuple(records)
