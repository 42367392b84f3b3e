"""How far a results folder is: from its files alone, so from any machine that sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from bench.engines.jobs import FOLDER
from bench.engines.presence import sign_of
from bench.errors import BenchError
from bench.records.ledger import INFRASTRUCTURE, LEDGER, Entry
from bench.records.store import CHECKPOINT, RECORD, RUNS, RunStore
from bench.system.files import read_arrays

State = Literal["waiting", "running", "finished", "failed"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class RunStatus:
    """Where one run stands.

    Attributes:
        place: its folder, relative to the results.
        dataset: name of the data set.
        tier: of the tier.
        approach: of the approach.
        seed: of the run.
        key: of the run.
        state: see `STATES`.
        epoch: finished epochs that its checkpoint holds; `None` where there is none.
        epochs: that it will have; `None` where no plan says so.
        detail: machine and sign of life, the reason of a failure, or what it waits after.
    """

    place: str
    dataset: str
    tier: str
    approach: str
    seed: int
    key: str
    state: State
    epoch: int | None = None
    epochs: int | None = None
    detail: str = ""


def status_of(root: Path) -> tuple[RunStatus, ...]:
    """Every run that is planned, under way, finished or failed, sorted by its place.

    No record is read: that it is there means that the run is finished.

    Raises:
        BenchError: a ledger is damaged.
    """
    planned = dict(_planned(root))
    failures = dict(_failures(root))
    for place in [one for one in planned if one in failures]:
        # Planned again after it failed: that failure is history. The ledger counts in seconds.
        if int(planned[place].written) > _seconds(failures[place].written):
            del failures[place]
    finished = {
        str(path.parent.relative_to(root)): path.parent
        for top in _tops(root)
        for path in (top / RUNS).glob(f"*/*/*/*/{RECORD}")
    }
    places = sorted({*planned, *finished, *failures})
    return tuple(
        _status(root, place, planned.get(place), failures.get(place), done=place in finished)
        for place in places
    )


def counts(statuses: Sequence[RunStatus]) -> dict[State, int]:
    """How many runs are in each state."""
    return {state: sum(one.state == state for one in statuses) for state in STATES}


def epochs_in(folder: Path) -> list[dict[str, Any]]:
    """The epochs that a run's checkpoint holds; none where there is no readable one."""
    path = folder / CHECKPOINT
    if not path.exists():
        return []
    try:
        history = json.loads(str(read_arrays(path, ["history"])["history"]))
    except (BenchError, ValueError):
        # It is replaced or removed while we look: the next look finds the newer one.
        return []
    return list(history)


def _status(
    root: Path, place: str, planned: _Planned | None, failure: Entry | None, *, done: bool
) -> RunStatus:
    folder = root / place
    *_, dataset, tier, approach, name = folder.parts
    seed, _, key = name.removeprefix("seed").partition("-")
    state, epoch, detail = _standing(folder, failure, done=done)
    epochs = planned.epochs or None if planned else None
    return RunStatus(place, dataset, tier, approach, int(seed), key, state, epoch, epochs, detail)


def _standing(folder: Path, failure: Entry | None, *, done: bool) -> tuple[State, int | None, str]:
    if done:
        return "finished", None, ""
    sign, epoch = sign_of(folder), len(epochs_in(folder)) or None
    if sign is not None and sign.alive:
        seen = f"on {sign.host}, process {sign.process}, seen {sign.age:.0f} s ago"
        return "running", epoch, seen + (f", attempt {sign.attempt}" if sign.attempt > 1 else "")
    if failure is not None and not failure.reason.startswith(INFRASTRUCTURE):
        return "failed", epoch, failure.reason
    if sign is not None:
        return "waiting", epoch, f"interrupted on {sign.host}, silent for {sign.age:.0f} s"
    return "waiting", epoch, failure.reason if failure else ""


@dataclass(frozen=True)
class _Planned:
    """A job that waits: how many epochs it has, and when it was planned, in Unix seconds."""

    epochs: int
    written: float


def _planned(root: Path) -> Iterator[tuple[str, _Planned]]:
    """Every job that waits, by its place."""
    for path in sorted((root / FOLDER).glob("*.json")):
        try:
            written = path.stat().st_mtime
            run = json.loads(path.read_text(encoding="utf-8"))["step"]["run"]
            recipe, cap = run["recipe"], run["tier"]["max_epochs"]
            epochs = int(recipe.get("epochs", 0))
            place = Path(
                run["collection"],
                RUNS,
                run["dataset"],
                run["tier"]["name"],
                run["approach"],
                f"seed{int(run['seed'])}-{path.stem}",
            )
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BenchError(f"{path} is damaged ({error}); delete it and plan again") from error
        epochs = min(epochs, cap) if cap else epochs
        yield place.as_posix(), _Planned(epochs, written)


def _failures(root: Path) -> Iterator[tuple[str, Entry]]:
    """The last failure of each run, by its place."""
    for top in _tops(root):
        for entry in RunStore(top).ledger.entries():
            if entry.outcome == "failed":
                yield (top.relative_to(root) / entry.place).as_posix(), entry


def _seconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()


def _tops(root: Path) -> list[Path]:
    """The folder itself, and its collections."""
    return [root, *sorted(path.parent for path in root.glob(f"*/{LEDGER}"))]
