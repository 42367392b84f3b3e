"""What a person sees of a run that was continued, and of a single one."""

import io

from rich.console import Console

from bench.progress import events
from bench.progress.terminal import Display
from tests.bench.progress.test_forecast import EPOCH, run_of


def shown() -> tuple[Display, io.StringIO]:
    said = io.StringIO()
    return Display(Console(file=said, width=120)), said


def bar(display: Display) -> tuple[float, float | None]:
    """Of the run in progress: epochs done, and of how many."""
    task = display._progress.tasks[1]
    return task.completed, task.total


def test_bar_of_a_continued_run_starts_where_it_was_stopped() -> None:
    display, said = shown()
    run = run_of("plain", 0)
    display(events.RunStarted(run))
    # Not yet known: it would show 0 of 10 for as long as the data takes to load.
    assert bar(display) == (0, None)
    display(events.RunContinued(run, (EPOCH,) * 4))
    assert bar(display) == (4, 10)
    assert said.getvalue().split() == ["plain", "0", "goes", "on", "after", "epoch", "4"]
    display(events.EpochFinished(run, 5, EPOCH))
    assert bar(display) == (5, 10)


def test_bar_of_a_new_run_counts_from_its_first_epoch() -> None:
    display, _ = shown()
    run = run_of("plain", 0)
    display(events.RunStarted(run))
    display(events.EpochFinished(run, 1, EPOCH))
    assert bar(display) == (1, 10)
