"""Which records stand together: the leaderboard's sections and rows, with their predictions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from bench.approaches import APPROACHES, Approach
from bench.leaderboard import heading
from bench.predictions import Predictions
from bench.records import RunRecord
from bench.report.content import slug
from bench.standings import (
    LoadPredictions,
    Row,
    Run,
    Section,
    assemble,
    group_runs,
    paired_p_values,
    row_labels,
    section_identity,
)
from bench.store import RunStore
from datasets.taxonomy import Taxonomy, taxonomy_of


@dataclass(frozen=True)
class Group:
    """One row of the leaderboard with all that its runs left.

    Attributes:
        anchor: of its part of the page.
        title: for people, unique in its section.
        row: the leaderboard's numbers.
        records: one a seed.
        predictions: likewise.
        taxonomy: what the labels mean; classes are numbered where that is not known.
        provenance: which records these are, in words.
    """

    anchor: str
    title: str
    row: Row
    records: tuple[RunRecord, ...]
    predictions: tuple[Predictions, ...]
    taxonomy: Taxonomy
    provenance: str

    @property
    def same_pictures(self) -> bool:
        """Whether all seeds were scored on the same pictures in the same order."""
        first, *others = self.predictions
        return all(np.array_equal(first.index, other.index) for other in others)


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

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    runs = list(store.runs())
    load = cache(store.predictions)
    found: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        found[section_identity(run[1])].append(run)
    sections = assemble(runs, load, approaches).sections
    anchors = _unique([_section_anchor(section) for section in sections])
    return tuple(
        _standing(anchor, section, found[section.identity], load)
        for anchor, section in zip(anchors, sections, strict=True)
    )


def _section_anchor(section: Section) -> str:
    trunk = "-random-trunk" if section.random_trunk else ""
    return f"{slug(section.dataset)}-{slug(section.tier)}{trunk}"


def _standing(
    anchor: str, section: Section, runs: Iterable[Run], load: LoadPredictions
) -> Standing:
    rows, _ = group_runs(runs)
    by_key = {
        (label, row[0][1].environment.backend, row[0][1].environment.device): row
        for label, row in zip(row_labels(rows), rows, strict=True)
    }
    ordered = [by_key[row.label, row.backend, row.device] for row in section.rows]
    titles = list(_titles(section.rows))
    anchors = _unique([f"{anchor}-{slug(title[1])}" for title in titles])
    groups = tuple(
        _group(part, title, row, row_runs, load)
        for part, (title, _), row, row_runs in zip(
            anchors, titles, section.rows, ordered, strict=True
        )
    )
    return Standing(anchor, section, groups, paired_p_values(ordered, load))


def _titles(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Title and name of each row, with whatever tells it from the others."""
    shared = Counter(row.label for row in rows)
    for row in rows:
        detail = row.label.removeprefix(row.approach)
        if shared[row.label] > 1:
            detail += f" ({row.device}, {row.backend})"
        yield f"{row.title}{detail}", f"{row.approach}{detail}"


def _group(anchor: str, title: str, row: Row, runs: Sequence[Run], load: LoadPredictions) -> Group:
    records = tuple(record for _, record in runs)
    first = records[0]
    seeds = ", ".join(str(record.seed) for record in records)
    where = f"runs/{first.dataset.name}/{first.tier.name}/{first.approach}"
    return Group(
        anchor=anchor,
        title=title,
        row=row,
        records=records,
        predictions=tuple(load(folder) for folder, _ in runs),
        taxonomy=taxonomy_of(first.dataset.name) or _numbered(len(first.per_class_accuracy)),
        provenance=f"From {_count(len(records), 'record')} in {where} "
        f"({'seed' if len(records) == 1 else 'seeds'} {seeds}).",
    )


def _numbered(classes: int) -> Taxonomy:
    """For pictures whose names are not known: every class stands alone."""
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
