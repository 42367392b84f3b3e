"""What a person sees on the terminal while runs go on, and at their end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.leaderboard.build import build
from bench.leaderboard.markdown import MARKDOWN, duration, heading, summary_rows
from bench.planning.plan import Plan
from bench.progress import events
from bench.progress.forecast import Forecast, Remaining
from bench.records.record import RunRecord

_ROW = "{:<24} {:>4} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8}"


class Display:
    """A listener that prints one aligned row an epoch under a progress bar for the whole matrix."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        )
        self._runs = self._progress.add_task("runs", total=None)
        self._step = self._progress.add_task("", total=None, visible=False)
        self._features_told = 0.0
        self._forecast = Forecast(())

    def __call__(self, event: events.Event) -> None:
        """Show one event."""
        self._forecast.follow(event, time.monotonic())
        match event:
            case events.RunStarted(approach, seed, epochs):
                self._progress.update(
                    self._step,
                    description=f"{approach} seed {seed}",
                    completed=0,
                    total=epochs or None,
                    visible=True,
                )
            case events.SeedsStarted(approach, seeds, epochs):
                self._progress.update(
                    self._step,
                    description=f"{approach} seeds {seeds[0]} to {seeds[-1]}",
                    completed=0,
                    total=epochs,
                    visible=True,
                )
            case events.FeaturesProgress(approach, done, total):
                self._progress.update(
                    self._step, description=f"{approach} features", completed=done, total=total
                )
                if done == total or time.monotonic() - self._features_told > 30:
                    self._features_told = time.monotonic()
                    self._print(f"{approach:<24} features of {done} of {total} images")
            case events.EpochFinished(approach, seed, epoch, epochs, result):
                self._progress.update(
                    self._step,
                    description=f"{approach} seed {seed}",
                    completed=epoch,
                    total=epochs,
                )
                self._progress.update(
                    self._runs, description=f"runs, {_left(self._forecast.remaining())}"
                )
                self._print(
                    _ROW.format(
                        approach,
                        seed,
                        f"{epoch}/{epochs}",
                        f"{result.loss:.3f}",
                        f"{100 * result.accuracy:.2f}",
                        _number(result.validation_loss, 1, 3),
                        _number(result.validation_accuracy, 100, 2),
                        f"{result.seconds:.1f}",
                    )
                )
            case events.RunFinished(record, found):
                self._progress.advance(self._runs)
                left = f"; {_left(self._forecast.remaining())}" if not found else ""
                how = "recorded before" if found else f"{record.timings.total:.0f} s"
                self._print(
                    f"{record.approach:<24} {record.seed:>4} "
                    f"test {100 * record.test.accuracy:.2f} %  ({how}{left})"
                )

    def show_plan(self, matrix: Plan) -> None:
        """Say what will run on what, and what will not and why."""
        for reason in dict.fromkeys(skip.reason for skip in matrix.skipped):
            names = [skip.approach for skip in matrix.skipped if skip.reason == reason]
            self._print(f"skipped {', '.join(names)}: {reason}")
        if not matrix.runs:
            return
        context = matrix.runs[0].context
        self._forecast = Forecast(run.approach.name for run in matrix.runs)
        self._progress.update(self._runs, total=len(matrix.runs))
        self._print(
            f"{context.tier.name} tier, {len(matrix.runs)} runs on {context.dataset.name} "
            f"({context.dataset.source}), {context.backend} backend"
        )
        if context.weights:
            self._print(f"backbone: {context.weights.description}")
        self._print(
            _ROW.format(
                "approach", "seed", "epoch", "loss", "acc %", "v.loss", "v.acc %", "seconds"
            )
        )

    def warn(self, line: str) -> None:
        """Print one line among the others; from any thread."""
        self._print(line)

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show the progress bar while the block runs; on a terminal only."""
        if not self.console.is_terminal:
            yield
            return
        with self._progress:
            yield

    def show_summary(self, matrix: Plan, records: tuple[RunRecord, ...]) -> None:
        """Print the leaderboard's sections of these runs."""
        if not records:
            self._print("nothing was run")
            return
        store = matrix.runs[0].context.store
        for section in build(store).sections_of(records):
            rows = summary_rows(section)
            table = Table(box=None, header_style="bold", title=heading(section))
            for column in rows[0]:
                table.add_column(column, no_wrap=column == "name")
            for row in rows:
                table.add_row(*row.values())
            self.console.print(table)
        self._print(f"leaderboard: {store.root / MARKDOWN}")

    def _print(self, line: str) -> None:
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)


def _left(remaining: Remaining) -> str:
    if not remaining.seconds and not remaining.unknown:
        return "nothing left"
    known = f"{duration(remaining.seconds)} left" if remaining.seconds else ""
    unknown = f"{remaining.unknown} runs of unknown length" if remaining.unknown else ""
    return " and ".join(filter(None, (known, unknown)))


def _number(value: float | None, factor: float, digits: int) -> str:
    return "" if value is None else f"{factor * value:.{digits}f}"
