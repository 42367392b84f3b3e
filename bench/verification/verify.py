"""Derive everything again from the predictions, and say where the stored files disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ablations.page import PAGE, ablation_markdown
from bench.ablations.planning import ablation_store
from bench.approaches.approach import Approach
from bench.approaches.registry import APPROACHES
from bench.errors import BenchError
from bench.leaderboard.markdown import JSON, MARKDOWN, build, to_json, to_markdown
from bench.records.metrics import per_class_accuracy, score
from bench.records.predictions import Predictions
from bench.records.record import RunRecord
from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.system.files import sha256_of


@dataclass(frozen=True)
class Problem:
    """One disagreement.

    Attributes:
        file: where it was found.
        what: which part of the file.
        expected: what should be there.
        found: what is there.
    """

    file: Path
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}: expected {self.expected}, found {self.found}"


def verify(store: RunStore, approaches: Sequence[Approach] = APPROACHES) -> list[Problem]:
    """Every disagreement in a store; none means that each score follows from stored predictions.

    Held against each other: each record and its place in the store, the predictions and their
    recorded hash, the test scores and per-class accuracies and those derived again (exactly: the
    same bits), and the pages (leaderboard, ablations) and what the records give. A damaged file is
    a problem like any other, so that all are listed.
    """
    ablations = ablation_store(store)
    problems: list[Problem] = []
    for part in (store, ablations):
        for folder in part.folders():
            problems += _verify_run(part, folder)
    problems += _verify_leaderboard(store, approaches)
    return problems + (_verify_ablations(store, ablations.root) if ablations.folders() else [])


def _verify_run(store: RunStore, folder: Path) -> list[Problem]:
    try:
        record = store.read(folder)
    except BenchError as error:
        return [Problem(folder / RECORD, "record", "a valid record", str(error))]
    if record is None:
        return []
    problems = _verify_place(store, folder, record)
    path = folder / PREDICTIONS
    try:
        digest = sha256_of(path)
        predictions = store.predictions(folder)
    except (OSError, BenchError) as error:
        return [*problems, Problem(path, "predictions", "readable predictions", str(error))]
    problems += _differences(path, {"SHA-256": (record.predictions_sha256, digest)})
    try:
        return problems + _verify_scores(folder / RECORD, record, predictions)
    except (IndexError, TypeError, ValueError) as error:
        # Arrays of the wrong shape or type: readable, but no predictions.
        found = f"arrays that cannot be scored ({error})"
        return [*problems, Problem(path, "predictions", "arrays of equal length", found)]


def _verify_place(store: RunStore, folder: Path, record: RunRecord) -> list[Problem]:
    """A record under another run's name would be found for that run, or counted twice."""
    place = store.folder(
        dataset=record.dataset.name,
        tier=record.tier.name,
        approach=record.approach,
        seed=record.seed,
        key=record.key,
    )
    return _differences(folder / RECORD, {"folder": (str(place), str(folder))})


def _verify_scores(path: Path, record: RunRecord, predictions: Predictions) -> list[Problem]:
    pairs: dict[str, tuple[object, object]] = {
        f"test.{name}": (value, getattr(record.test, name))
        for name, value in score(predictions).model_dump().items()
    }
    classes = per_class_accuracy(predictions, len(record.per_class_accuracy))
    pairs["number of classes"] = (len(classes), len(record.per_class_accuracy))
    pairs |= {
        f"per_class_accuracy[{number}]": pair
        for number, pair in enumerate(zip(classes, record.per_class_accuracy, strict=False))
    }
    return _differences(path, pairs)


def _verify_leaderboard(store: RunStore, approaches: Sequence[Approach]) -> list[Problem]:
    try:
        leaderboard = build(store, approaches)
    except (BenchError, IndexError, TypeError, ValueError) as error:
        return [Problem(store.root / MARKDOWN, "leaderboard", "one from sound records", str(error))]
    wanted = {MARKDOWN: to_markdown(leaderboard), JSON: to_json(leaderboard)}
    return [
        problem
        for name, text in wanted.items()
        for problem in _verify_page(
            store.root / name, "the leaderboard", text, required=bool(leaderboard.sections)
        )
    ]


def _verify_ablations(store: RunStore, folder: Path) -> list[Problem]:
    path = folder / PAGE
    try:
        text = ablation_markdown(store)
    except (BenchError, IndexError, TypeError, ValueError) as error:
        return [Problem(path, "ablations", "a page from sound records", str(error))]
    return _verify_page(path, "the ablations", text, required=True)


def _verify_page(path: Path, what: str, text: str, *, required: bool) -> list[Problem]:
    try:
        found = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return [Problem(path, "file", what, "nothing")] if required else []
    except (OSError, UnicodeDecodeError) as error:
        return [Problem(path, "file", what, str(error))]
    return _first_difference(path, text, found)


def _first_difference(path: Path, expected: str, found: str) -> list[Problem]:
    """The first line that differs: one edit would otherwise be many problems."""
    if expected == found:
        return []
    ours, theirs = expected.split("\n"), found.split("\n")
    longest = max(len(ours), len(theirs))
    ours += ["(no line)"] * (longest - len(ours))
    theirs += ["(no line)"] * (longest - len(theirs))
    number = next(i for i in range(longest) if ours[i] != theirs[i])
    return [Problem(path, f"line {number + 1}", repr(ours[number]), repr(theirs[number]))]


def _differences(path: Path, pairs: dict[str, tuple[object, object]]) -> list[Problem]:
    return [
        Problem(path, what, str(expected), str(found))
        for what, (expected, found) in pairs.items()
        if expected != found
    ]
