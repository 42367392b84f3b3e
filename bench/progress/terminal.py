"""What a person sees on the terminal while runs go on, and at their end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.pages.escaping import visible_lines
from bench.pages.words import counted, duration
from bench.planning.plan import Plan
from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.progress.forecast import Forecast, Remaining
from bench.records.record import EpochPart

_ROW = "{:<24} {:>4} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8}"


class Display:
    """A listener that prints one aligned row an epoch under a progress bar for the whole matrix."""

    def __init__(self, console: Console | None = None, *, quiet: bool = False) -> None:
        # Results go to standard output; what is said on the way there does not.
        self.console = console or Console(stderr=True, quiet=quiet)
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
        self._epochs: dict[str, tuple[RunSpec, int]] = {}
        self._forecast = Forecast(())

    def __call__(self, event: events.Event) -> None:
        """Show one event."""
        self._forecast.follow(event, time.monotonic())
        match event:
            case events.RunStarted(run):
                self._begin(f"{run.approach} seed {run.seed}")
            case events.RunContinued(run, history):
                self._epochs[run.key] = run, len(history)
                self._progress.update(self._step, completed=len(history), total=run.epochs)
                self._print(f"{run.approach:<24} {run.seed:>4} goes on after epoch {len(history)}")
            case events.SeedsStarted(runs):
                seeds = f"seeds {runs[0].seed} to {runs[-1].seed}"
                self._begin(f"{runs[0].approach} {seeds}")
            case events.FeaturesProgress(run, done, total):
                self._progress.update(
                    self._step, description=f"{run.approach} features", completed=done, total=total
                )
                if done == total or time.monotonic() - self._features_told > 30:
                    self._features_told = time.monotonic()
                    self._print(f"{run.approach:<24} features of {done} of {total} images")
            case events.EpochFinished(run, epoch, result):
                self._epoch(run, epoch, result)
            case events.RunFinished(run, record, found):
                self._epochs.pop(run.key, None)
                self._progress.advance(self._runs)
                left = f"; {_left(self._forecast.remaining())}" if not found else ""
                how = "recorded before" if found else f"{record.timings.total:.0f} s"
                self._print(
                    f"{run.approach:<24} {run.seed:>4} "
                    f"test {100 * record.test.accuracy:.2f} %  ({how}{left})"
                )
            case events.RunFailed(run, reason):
                self._epochs.pop(run.key, None)
                self._progress.advance(self._runs)
                self._print(f"{run.approach:<24} {run.seed:>4} failed: {reason}")
            case events.Note(text):
                self._print(text)

    def _begin(self, what: str) -> None:
        # How many epochs are done is known only once a checkpoint was looked for.
        self._progress.update(self._step, description=what, completed=0, total=None, visible=True)

    @property
    def where(self) -> str:
        """Where the runs in progress are: after which epoch of which run."""
        told = [
            f"{run.approach} seed {run.seed} after epoch {epoch}"
            for run, epoch in self._epochs.values()
        ]
        return ", ".join(told) or "before the first epoch"

    def _epoch(self, run: RunSpec, epoch: int, result: EpochPart) -> None:
        self._epochs[run.key] = run, epoch
        self._progress.update(
            self._step,
            description=f"{run.approach} seed {run.seed}",
            completed=epoch,
            total=run.epochs,
        )
        self._progress.update(self._runs, description=f"runs, {_left(self._forecast.remaining())}")
        self._print(
            _ROW.format(
                run.approach,
                run.seed,
                f"{epoch}/{run.epochs}",
                f"{result.loss:.3f}",
                f"{100 * result.accuracy:.2f}",
                _number(result.validation_loss, 1, 3),
                _number(result.validation_accuracy, 100, 2),
                f"{result.seconds:.1f}",
            )
        )

    def show_plan(self, plan: Plan) -> None:
        """Say what will run on what, and what will not and why."""
        for reason in dict.fromkeys(skip.reason for skip in plan.skipped):
            names = [skip.approach for skip in plan.skipped if skip.reason == reason]
            self._print(f"skipped {', '.join(names)}: {reason}")
        if not plan.runs or plan.setting is None:
            return
        first, setting = plan.runs[0], plan.setting
        self._forecast = Forecast(run.approach for run in plan.runs)
        self._progress.update(self._runs, total=len(plan.runs))
        self._print(
            f"{first.tier.name} tier, {counted(len(plan.runs), 'run')} on {first.dataset} "
            f"({setting.dataset.source}), {first.backend} backend"
        )
        if setting.weights:
            self._print(f"backbone: {setting.weights.description}")
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

    def _print(self, line: str) -> None:
        self.console.print(visible_lines(line), highlight=False, markup=False, soft_wrap=True)


def _left(remaining: Remaining) -> str:
    if not remaining.seconds and not remaining.unknown:
        return "nothing left"
    known = f"{duration(remaining.seconds)} left" if remaining.seconds else ""
    unknown = f"{counted(remaining.unknown, 'run')} of unknown length" if remaining.unknown else ""
    return " and ".join(filter(None, (known, unknown)))


def _number(value: float | None, factor: float, digits: int) -> str:
    return "" if value is None else f"{factor * value:.{digits}f}"
