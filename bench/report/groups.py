"""Which records stand together: the leaderboard's sections and rows, with their predictions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bench.analysis.tally import Tally, tally
from bench.approaches.approach import Approach
from bench.approaches.registry import APPROACHES
from bench.leaderboard.build import (
    LoadHits,
    Row,
    Run,
    Section,
    assemble,
    group_runs,
    paired_p_values,
    row_labels,
    section_identity,
)
from bench.leaderboard.markdown import heading
from bench.records.predictions import Hits
from bench.records.record import RunRecord
from bench.records.store import RunStore
from bench.report.content import slug
from datasets.registry import taxonomy_of
from datasets.taxonomy import Taxonomy


@dataclass(frozen=True)
class Group:
    """One row of the leaderboard with all that its runs left.

    Attributes:
        anchor: of its part of the page.
        title: for people, unique in its section.
        row: the leaderboard's numbers.
        records: one per seed.
        tally: what their predictions say together.
        taxonomy: what the labels mean; classes are numbered where that is not known.
        provenance: which records these are, in words.
    """

    anchor: str
    title: str
    row: Row
    records: tuple[RunRecord, ...]
    tally: Tally
    taxonomy: Taxonomy
    provenance: str


@dataclass(frozen=True)
class Standing:
    """One section of the leaderboard.

    Attributes:
        anchor: of its part of the page.
        section: what the leaderboard says.
        groups: in the order of its rows.
        p_values: uncorrected, of pairs (i, j) of groups with i < j that could be tested.
    """

    anchor: str
    section: Section
    groups: tuple[Group, ...]
    p_values: Mapping[tuple[int, int], float]

    @property
    def title(self) -> str:
        """What it is, in one line."""
        return heading(self.section)

    @property
    def provenance(self) -> str:
        """Which records all of it comes from."""
        section = self.section
        records = sum(len(group.records) for group in self.groups)
        where = f"runs/{section.dataset}/{section.tier}"
        return f"From {_count(records, 'record')} of {_count(len(self.groups), 'row')} in {where}."


def standings(store: RunStore, approaches: Sequence[Approach] = APPROACHES) -> tuple[Standing, ...]:
    """Everything in a store, as the leaderboard has it; each file is read once.

    Predictions are gone through one after the other, so that their number does not matter.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    runs = list(store.runs())
    by_section: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_section[section_identity(run[1])].append(run)
    found = {
        identity: [_told(row, store) for row in group_runs(of_section)[0]]
        for identity, of_section in by_section.items()
    }
    hits = {
        folder: of_seed
        for rows in found.values()
        for row in rows
        for (folder, _), of_seed in zip(row.runs, row.tally.hits, strict=True)
    }

    def load(folders: Iterable[Path]) -> Iterable[Hits]:
        return map(hits.__getitem__, folders)

    sections = assemble(runs, load, approaches).sections
    anchors = _unique([_section_anchor(section) for section in sections])
    return tuple(
        _standing(anchor, section, found[section.identity], load)
        for anchor, section in zip(anchors, sections, strict=True)
    )


@dataclass(frozen=True)
class _Told:
    """The runs of a row, one per seed, and what their predictions say."""

    runs: Sequence[Run]
    tally: Tally


def _told(runs: Sequence[Run], store: RunStore) -> _Told:
    classes = len(runs[0][1].per_class_accuracy)
    return _Told(runs, tally(store.predictions_of(folder for folder, _ in runs), classes))


def _section_anchor(section: Section) -> str:
    backbone = "-random-backbone" if section.random_backbone else ""
    return f"{slug(section.dataset)}-{slug(section.tier)}{backbone}"


def _standing(anchor: str, section: Section, rows: Sequence[_Told], load: LoadHits) -> Standing:
    labels = row_labels([row.runs for row in rows])
    by_key = {}
    for label, told in zip(labels, rows, strict=True):
        environment = told.runs[0][1].environment
        by_key[label, environment.backend, environment.device] = told
    ordered = [by_key[row.label, row.backend, row.device] for row in section.rows]
    titles = list(_titles(section.rows))
    anchors = _unique([f"{anchor}-{slug(title[1])}" for title in titles])
    groups = tuple(
        _group(part, title, row, told)
        for part, (title, _), row, told in zip(anchors, titles, section.rows, ordered, strict=True)
    )
    p_values = paired_p_values([told.runs for told in ordered], load)
    return Standing(anchor, section, groups, p_values)


def _titles(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Title and name of each row, with whatever tells it from the others."""
    shared = Counter(row.label for row in rows)
    for row in rows:
        detail = row.label.removeprefix(row.approach)
        if shared[row.label] > 1:
            detail += f" ({row.device}, {row.backend})"
        yield f"{row.title}{detail}", f"{row.approach}{detail}"


def _group(anchor: str, title: str, row: Row, told: _Told) -> Group:
    records = tuple(record for _, record in told.runs)
    first = records[0]
    seeds = listed([record.seed for record in records])
    where = f"runs/{first.dataset.name}/{first.tier.name}/{first.approach}"
    return Group(
        anchor=anchor,
        title=title,
        row=row,
        records=records,
        tally=told.tally,
        taxonomy=taxonomy_of(first.dataset.name) or _numbered(len(first.per_class_accuracy)),
        provenance=f"From {_count(len(records), 'record')} in {where} "
        f"({'seed' if len(records) == 1 else 'seeds'} {seeds}).",
    )


def listed(numbers: Sequence[int]) -> str:
    """Ascending numbers in words, four or more in a row as a range: «0 to 4, 7»."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ", ".join(
        f"{part[0]} to {part[-1]}" if len(part) > 3 else ", ".join(map(str, part))
        for part in ranges
    )


def _numbered(classes: int) -> Taxonomy:
    """For images whose names are not known: every class stands alone."""
    numbers = tuple(range(classes))
    names = tuple(f"class {number}" for number in numbers)
    return Taxonomy(names, names, numbers)


def _unique(anchors: Sequence[str]) -> list[str]:
    """The same anchors, numbered from the second of those that are equal."""
    seen: set[str] = set()
    result = []
    for anchor in anchors:
        candidates = (anchor if n == 1 else f"{anchor}-{n}" for n in range(1, len(anchors) + 2))
        result.append(next(c for c in candidates if c not in seen))
        seen.add(result[-1])
    return result


def pairs(standing: Standing) -> list[tuple[int, int]]:
    """All pairs i < j of a section's rows."""
    return list(combinations(range(len(standing.groups)), 2))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
