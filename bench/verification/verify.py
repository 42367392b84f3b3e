"""Derive everything again from the predictions, and say where the stored files disagree.

What each check trusts, and what none of them can know, is in `docs/verification.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ablations.entries import ABLATIONS
from bench.ablations.planning import ablation_store
from bench.approaches.approach import Approach
from bench.approaches.registry import known_approaches
from bench.errors import BenchError
from bench.planning.tiers import TIERS
from bench.records.ledger import Entry, head
from bench.records.opening import open_store
from bench.records.record import RunRecord
from bench.records.store import ASIDE, PREDICTIONS, RUNS, RunStore
from bench.verification.between_runs import compare_runs, row_of
from bench.verification.evidence import Evidence, Trace, read_evidence, trace
from bench.verification.ledger_checks import check_heads, check_ledger, read_ledger
from bench.verification.pages import check_ablations, check_leaderboard
from bench.verification.parameter_counts import check_parameters
from bench.verification.prediction_checks import (
    check_against_images,
    check_predictions,
    check_scores,
)
from bench.verification.problem import Finding, Problem, at, unequal
from bench.verification.readings import check_readings
from bench.verification.record_checks import check_record
from datasets.image_dataset import ImageDataset


@dataclass(frozen=True)
class Witnesses:
    """What the records are held against besides each other.

    Attributes:
        images: data sets whose labels are the truth.
        heads: hashes of ledger entries that were published elsewhere.
        protocols: digests of every committed protocol; `None` where none is known.
    """

    images: tuple[ImageDataset, ...] = ()
    heads: tuple[str, ...] = ()
    protocols: frozenset[str] | None = None


@dataclass(frozen=True)
class Examination:
    """What was looked at, and what was found.

    Attributes:
        runs: every run that counts and can be read.
        aside: every readable one that was set aside.
        heads: of each ledger, by its path.
        labelled: how many runs' labels were held against the images.
        problems: every disagreement; none means that each score follows from its predictions.
    """

    runs: tuple[Trace, ...]
    aside: tuple[Trace, ...]
    heads: dict[Path, str]
    labelled: int
    problems: tuple[Problem, ...]


def verify(
    store: RunStore,
    approaches: Sequence[Approach] | None = None,
    witnesses: Witnesses = Witnesses(),
) -> list[Problem]:
    """Every disagreement in a store, see `examine`."""
    approaches = known_approaches(approaches)
    return list(examine(store, approaches, witnesses).problems)


def examine(
    store: RunStore,
    approaches: Sequence[Approach] | None = None,
    witnesses: Witnesses = Witnesses(),
) -> Examination:
    """Read every file of a store and hold it against all others; nothing is trained.

    A damaged file is a problem like any other, so that all are listed. An empty store is one too:
    nothing was proved.
    """
    approaches = known_approaches(approaches)
    stores = [store, ablation_store(store)]
    runs, aside, problems = list[Trace](), list[Trace](), list[Problem]()
    ledgers: dict[Path, list[Entry]] = {}
    looker = _Looker(witnesses, _models(approaches), _tiers())
    for part in stores:
        counting, others, found = looker.look(part)
        entries, broken = read_ledger(part.ledger)
        ledgers[part.ledger.path] = entries
        problems += [*found, *broken, *check_ledger(part, entries, [*counting, *others])]
        listed = _listed(entries, counting, others)
        problems += compare_runs(counting, listed)
        runs += counting
        aside += others
    problems += check_heads(list(ledgers.values()), witnesses.heads, store)
    if not runs and not problems:
        problems.append(Finding("results", "at least one run", "none").at(store.root))
    # The pages of one's own runs show the committed ones too.
    shown = open_store(store.root)
    problems += check_leaderboard(shown, approaches)
    if stores[1].folders():
        problems += check_ablations(shown, stores[1].root)
    return Examination(
        runs=tuple(runs),
        aside=tuple(aside),
        heads={path: head(entries) for path, entries in ledgers.items() if entries},
        labelled=looker.labelled,
        problems=tuple(problems),
    )


def _place(store: RunStore, record: RunRecord, folder: Path) -> Iterator[Finding]:
    """Whether a record lies where it belongs by what it says of itself."""
    try:
        wanted = str(store.folder_of(record))
    except BenchError as error:
        yield Finding("folder", "names that can be a folder's", error)
    else:
        yield from unequal("folder", wanted, str(folder))


@dataclass
class _Looker:
    """Looks at one run after the other, so that the predictions of one are in memory at a time."""

    witnesses: Witnesses
    models: dict[str, str]
    tiers: dict[str, dict[str, Any]]
    labelled: int = 0

    def look(self, store: RunStore) -> tuple[list[Trace], list[Trace], list[Problem]]:
        """The runs that count, those that were set aside, and what is wrong with either."""
        found: dict[str, list[Trace]] = {RUNS: [], ASIDE: []}
        problems = list[Problem]()
        for within, traces in found.items():
            for folder in store.folders(within):
                evidence, unreadable = read_evidence(store, folder)
                problems += unreadable
                if evidence is not None:
                    traces.append(trace(evidence))
                    problems += self._check(store, evidence, counts=within == RUNS)
        return found[RUNS], found[ASIDE], problems

    def _check(self, store: RunStore, evidence: Evidence, *, counts: bool) -> list[Problem]:
        record, predictions, path = evidence.record, evidence.predictions, evidence.path
        beside = evidence.folder / PREDICTIONS
        problems = at(beside, _digest(evidence))
        if counts:
            problems += at(path, _place(store, record, path.parent))
        # Values that no run writes may break any check; one that breaks must not hide the others.
        try:
            problems += at(path, check_record(record, self.tiers, self.witnesses.protocols))
            problems += at(path, check_parameters(record, self.models))
        except Exception as error:
            problems.append(Finding("record", "values that can be checked", error).at(path))
        try:
            if predictions is not None:
                problems += at(path, check_scores(record, predictions))
                problems += at(beside, check_predictions(predictions))
                problems += self._check_images(evidence)
                problems += check_readings(evidence)
        except Exception as error:
            problems.append(Finding("predictions", "values that can be scored", error).at(beside))
        return problems

    def _check_images(self, evidence: Evidence) -> list[Problem]:
        record, predictions = evidence.record, evidence.predictions
        for images in self.witnesses.images:
            if record.dataset.fingerprint == images.fingerprint and predictions is not None:
                self.labelled += 1
                findings = check_against_images(record, predictions, images)
                return at(evidence.folder / PREDICTIONS, findings)
        return []


def _digest(evidence: Evidence) -> Iterator[Finding]:
    if evidence.predictions_sha256:
        stated = evidence.record.predictions_sha256
        yield from unequal("SHA-256", stated, evidence.predictions_sha256)


def _listed(
    entries: Sequence[Entry], counting: Sequence[Trace], aside: Sequence[Trace]
) -> frozenset[tuple[str, int]]:
    """Row and seed of every run that was set aside, or failed beside seeds that did not."""
    found = {(row_of(run.record), run.record.seed) for run in aside}
    rows: dict[str, set[str]] = defaultdict(set)
    for run in counting:
        rows["/".join(run.folder.parts[-4:-1])].add(row_of(run.record))
    for entry in entries:
        *parents, name = entry.place.split("/")
        seed = name.removeprefix("seed").partition("-")[0]
        if entry.outcome == "failed" and seed.isdecimal():
            found |= {(row, int(seed)) for row in rows["/".join(parents[-3:])]}
    return frozenset(found)


def _models(approaches: Sequence[Approach]) -> dict[str, str]:
    variants = [variant.approach for ablation in ABLATIONS for variant in ablation.variants]
    return {approach.name: approach.model for approach in (*variants, *approaches)}


def _tiers() -> dict[str, dict[str, Any]]:
    tiers = (*(ablation.tier for ablation in ABLATIONS), *TIERS)
    return {tier.name: tier.parameters for tier in tiers}
