"""The leaderboard's sections and rows with all that their runs left, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.analysis.grouping import RowRuns, SectionRuns, group
from bench.analysis.pairwise import Pair, compared
from bench.analysis.tally import Tally, tally
from bench.approaches.approach import Approach
from bench.approaches.registry import APPROACHES
from bench.leaderboard.build import RowStanding, standing
from bench.leaderboard.claims import ClaimSource, claim_source
from bench.leaderboard.model import Row, Section
from bench.leaderboard.text import heading, row_title
from bench.pages.words import counted, ranges, slug
from bench.records.predictions import Hits
from bench.records.record import RunRecord
from bench.records.store import RunStore
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
        pairs: every pair of groups, by their numbers.
    """

    anchor: str
    section: Section
    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]

    @property
    def title(self) -> str:
        """What it is, in one line."""
        return heading(self.section)

    @property
    def provenance(self) -> str:
        """Which records all of it comes from."""
        section = self.section
        records = counted(sum(len(group.records) for group in self.groups), "record")
        where = f"runs/{section.dataset}/{section.tier}"
        return f"From {records} of {counted(len(self.groups), 'row')} in {where}."


def standings(store: RunStore, approaches: Sequence[Approach] = APPROACHES) -> tuple[Standing, ...]:
    """Everything in a store, as the leaderboard has it; each file is read once.

    Predictions are gone through one after the other, so that their number does not matter.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    sections = group(store.runs())
    anchors = _unique([_section_anchor(section) for section in sections])
    source = claim_source(store)
    return tuple(
        _standing(anchor, section, store, approaches, source)
        for anchor, section in zip(anchors, sections, strict=True)
    )


def _standing(
    anchor: str,
    runs: SectionRuns,
    store: RunStore,
    approaches: Sequence[Approach],
    source: ClaimSource,
) -> Standing:
    tallies = {row.identity: _tally(row, store) for row in runs.rows}
    hits: dict[Path, Hits] = {
        folder: of_seed
        for row in runs.rows
        for folder, of_seed in zip(row.folders, tallies[row.identity].hits, strict=True)
    }

    def load(folders: Iterable[Path]) -> Iterable[Hits]:
        return map(hits.__getitem__, folders)

    found = standing(runs, load, approaches, source)
    names = [row_title(one.row.approach, one.distinction) for one in found.rows]
    parts = _unique([f"{anchor}-{slug(name)}" for name in names])
    accuracies = [one.row.accuracy.mean for one in found.rows]
    return Standing(
        anchor=anchor,
        section=found.section,
        groups=tuple(
            _group(part, one, tallies[one.runs.identity])
            for part, one in zip(parts, found.rows, strict=True)
        ),
        pairs=compared(accuracies, found.p_values),
    )


def _tally(row: RowRuns, store: RunStore) -> Tally:
    classes = len(row.first.per_class_accuracy)
    return tally(store.predictions_of(row.folders), classes)


def _section_anchor(section: SectionRuns) -> str:
    first = section.first
    backbone = "-random-backbone" if section.random_backbone else ""
    return f"{slug(first.dataset.name)}-{slug(first.tier.name)}{backbone}"


def _group(anchor: str, one: RowStanding, told: Tally) -> Group:
    first, seeds = one.runs.first, one.runs.seeds
    where = f"runs/{first.dataset.name}/{first.tier.name}/{first.approach}"
    return Group(
        anchor=anchor,
        title=row_title(one.row.title, one.distinction),
        row=one.row,
        records=one.runs.records,
        tally=told,
        taxonomy=taxonomy_of(first.dataset.name) or _numbered(len(first.per_class_accuracy)),
        provenance=f"From {counted(len(seeds), 'record')} in {where} "
        f"({'seed' if len(seeds) == 1 else 'seeds'} {ranges(seeds)}).",
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
        candidates = (anchor if n == 1 else f"{anchor}-{n}" for n in count(1))
        result.append(next(c for c in candidates if c not in seen))
        seen.add(result[-1])
    return result
