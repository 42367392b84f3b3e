"""The leaderboard's sections and rows with all that their runs left, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bench.analysis.grouping import RowRuns, group
from bench.analysis.pairwise import Pair, compared
from bench.analysis.tally import Tally, tally
from bench.approaches.approach import Approach
from bench.approaches.registry import known_approaches
from bench.leaderboard.build import RowStanding
from bench.leaderboard.build import standings as leaderboard_standings
from bench.leaderboard.claims import claim_source
from bench.leaderboard.model import Row, Section
from bench.leaderboard.text import heading
from bench.pages.words import counted, ranges
from bench.planning.datasets import installed_datasets
from bench.records.predictions import Hits
from bench.records.record import RunRecord
from bench.records.store import RunStore
from datasets.registry import taxonomy_of
from datasets.taxonomy import Taxonomy


@dataclass(frozen=True)
class Group:
    """One row of the leaderboard with all that its runs left.

    Attributes:
        row: the leaderboard's numbers.
        records: one per seed.
        tally: what their predictions say together.
        taxonomy: what the labels mean; classes are numbered where that is not known.
        provenance: which records these are, in words.
    """

    row: Row
    records: tuple[RunRecord, ...]
    tally: Tally
    taxonomy: Taxonomy
    provenance: str

    @property
    def anchor(self) -> str:
        """Of its part of the page."""
        return self.row.anchor

    @property
    def title(self) -> str:
        """For people, unique in its section."""
        return self.row.title


@dataclass(frozen=True)
class Standing:
    """One section of the leaderboard.

    Attributes:
        section: what the leaderboard says.
        groups: in the order of its rows.
        pairs: every pair of groups, by their numbers.
    """

    section: Section
    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]

    @property
    def anchor(self) -> str:
        """Of its part of the page."""
        return self.section.anchor

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


def standings(
    store: RunStore,
    approaches: Sequence[Approach] | None = None,
    names: Mapping[str, Taxonomy] = MappingProxyType({}),
) -> tuple[Standing, ...]:
    """Everything in a store, as the leaderboard has it; each file is read once.

    Predictions are gone through one after the other, so that their number does not matter.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    approaches = known_approaches(approaches)
    sections, source = group(store.runs()), claim_source(store)
    tallies = {row.folders: _tally(row, store) for section in sections for row in section.rows}
    hits: dict[Path, Hits] = {
        folder: of_seed
        for folders, told in tallies.items()
        for folder, of_seed in zip(folders, told.hits, strict=True)
    }

    def load(folders: Iterable[Path]) -> Iterable[Hits]:
        return map(hits.__getitem__, folders)

    return tuple(
        Standing(
            section=found.section,
            groups=tuple(_group(one, tallies[one.runs.folders], names) for one in found.rows),
            pairs=compared([one.row.accuracy.mean for one in found.rows], found.p_values),
        )
        for found in leaderboard_standings(sections, load, approaches, source)
    )


def _tally(row: RowRuns, store: RunStore) -> Tally:
    classes = len(row.first.per_class_accuracy)
    return tally(store.predictions_of(row.folders), classes)


def _group(one: RowStanding, told: Tally, names: Mapping[str, Taxonomy]) -> Group:
    first, seeds = one.runs.first, one.runs.seeds
    where = f"runs/{first.dataset.name}/{first.tier.name}/{first.approach}"
    return Group(
        row=one.row,
        records=one.runs.records,
        tally=told,
        taxonomy=names.get(first.dataset.fingerprint)
        or taxonomy_of(first.dataset.name, installed_datasets())
        or _numbered(len(first.per_class_accuracy)),
        provenance=f"From {counted(len(seeds), 'record')} in {where} "
        f"({'seed' if len(seeds) == 1 else 'seeds'} {ranges(seeds)}).",
    )


def _numbered(classes: int) -> Taxonomy:
    """For images whose names are not known: every class stands alone."""
    numbers = tuple(range(classes))
    names = tuple(f"class {number}" for number in numbers)
    return Taxonomy(names, names, numbers)
