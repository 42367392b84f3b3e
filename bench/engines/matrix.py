"""All runs of a matrix, side by side where that pays, and the leaderboard that they give."""

from __future__ import annotations

from collections.abc import Callable

from bench.engines.processes import Planner, run_on_cores
from bench.engines.trial import run_trial
from bench.engines.vectorised import by_approach, train_side_by_side
from bench.leaderboard.markdown import write_leaderboard
from bench.planning.plan import Plan
from bench.planning.runs import Run
from bench.records.record import RunRecord


def refresh_leaderboard(run: Run) -> None:
    """Write the leaderboard that a run belongs to."""
    write_leaderboard(run.context.store)


def run_plan(
    matrix: Plan,
    refresh: Callable[[Run], object] = refresh_leaderboard,
    planner: Planner | None = None,
    workers: int | None = None,
) -> tuple[RunRecord, ...]:
    """Do every run that is not yet recorded, and refresh its pages after each.

    Args:
        matrix: the runs.
        refresh: told each run once it is recorded.
        planner: plans the same matrix in other processes; without it all is done in this one.
        workers: see `bench.engines.processes.run_on_cores`.

    Raises:
        BenchError: bad input; what was finished before stays.
    """
    on_cores = run_on_cores(matrix.runs, planner, workers, refresh) if planner else {}
    records = []
    for runs in by_approach(matrix.runs):
        trained = train_side_by_side([run for run in runs if run.folder not in on_cores])
        for run in runs:
            record = on_cores.get(run.folder)
            if record is None:
                record = run_trial(run, trained=trained)
                refresh(run)
            records.append(record)
    return tuple(records)
