"""All runs of a matrix, one after the other, and the leaderboard that they give."""

from __future__ import annotations

from bench.leaderboard import write_leaderboard
from bench.planning import Matrix
from bench.records import RunRecord
from bench.trial import run_trial


def run_matrix(matrix: Matrix) -> tuple[RunRecord, ...]:
    """Do every run that is not yet recorded, and refresh the leaderboard after each.

    Raises:
        BenchError: bad input; what was finished before stays.
    """
    records = []
    for run in matrix.runs:
        records.append(run_trial(run))
        write_leaderboard(run.context.store)
    return tuple(records)
