"""Which records stand together: the one rule, for every page that compares runs.

A section holds runs on the same images, with the same tier and the same kind of backbone; a row
runs that differ in nothing but the seed. Both keep their runs, so that nobody has to look for
them again by a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bench.analysis.statistics import mean
from bench.approaches.claim_sets import installed_claim_sets, report_of
from bench.approaches.recipes import digest
from bench.planning.datasets import installed_datasets
from bench.planning.tiers import TIERS
from bench.records.record import RunRecord
from datasets.registry import PREFERRED


class StoredRun(NamedTuple):
    """A finished run: its folder and the record in it."""

    folder: Path
    record: RunRecord


class RowIdentity(NamedTuple):
    """What the runs of a row share, apart from what their section shares.

    Attributes:
        approach: its name.
        recipe: digest of the recipe.
        backend: that computed.
        device: that it computed on.
        weights: hash of the backbone's weights, or their description where there is no file;
            empty without a backbone.
        backbone_dtype: in which a frozen backbone computed; empty without one.
    """

    approach: str
    recipe: str
    backend: str
    device: str
    weights: str
    backbone_dtype: str


@dataclass(frozen=True)
class RowRuns:
    """Runs that differ in nothing but the seed.

    Attributes:
        identity: what they share.
        runs: one per seed, by ascending seed; never empty.
    """

    identity: RowIdentity
    runs: tuple[StoredRun, ...]

    @property
    def records(self) -> tuple[RunRecord, ...]:
        """The records of `runs`."""
        return tuple(run.record for run in self.runs)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of `runs`."""
        return tuple(run.folder for run in self.runs)

    @property
    def first(self) -> RunRecord:
        """The record of the lowest seed, for what all of them share."""
        return self.runs[0].record

    @property
    def seeds(self) -> tuple[int, ...]:
        """One per run."""
        return tuple(run.record.seed for run in self.runs)

    @property
    def mean_accuracy(self) -> float:
        """Test accuracy, the mean over seeds, a fraction."""
        return mean([run.record.test.accuracy for run in self.runs])


@dataclass(frozen=True)
class SectionRuns:
    """Runs that may be compared with each other.

    Attributes:
        identity: see `section_identity`.
        rows: in an order that depends on the records alone; never empty.
        replaced: how many runs were left out because their seed was run again later.
    """

    identity: str
    rows: tuple[RowRuns, ...]
    replaced: int

    @property
    def records(self) -> tuple[RunRecord, ...]:
        """All records that stand in it, row by row."""
        return tuple(record for row in self.rows for record in row.records)

    @property
    def first(self) -> RunRecord:
        """One of the records, for what all of them share."""
        return self.rows[0].first

    @property
    def random_backbone(self) -> bool:
        """Whether its backbones have random weights, so that no accuracy means anything."""
        return has_random_backbone(self.first)

    @property
    def synthetic(self) -> bool:
        """Whether its images are computed, so that an accuracy on them is no result."""
        name, known = self.first.dataset.name, installed_datasets()
        return name in known and known.get(name).synthetic

    @property
    def depth(self) -> int:
        """How much its tier asks for; 0 for a tier that is not known."""
        names = [tier.name for tier in TIERS]
        name = self.first.tier.name
        return 1 + names.index(name) if name in names else 0


@dataclass(frozen=True)
class Distinction:
    """What sets a row apart from rows of the same approach in its section.

    Attributes:
        backbone_dtype: where it is not the usual one; no recipe in the registry asks for another,
            so it is named even where no other row is near.
        recipe: digest, where rows that look alike have other recipes; else empty.
        weights: identity of the backbone's weights, where rows have others; else empty.
        machine: device and backend, where nothing of the above tells the row from all others.
    """

    backbone_dtype: str = ""
    recipe: str = ""
    weights: str = ""
    machine: tuple[str, str] | None = None


def section_identity(record: RunRecord) -> str:
    """Hash of what runs must share to be compared.

    That is images, tier, kind of backbone, the code that computes results, and the protocol: a
    changed protocol starts a new column of evidence beside the old.
    """
    return digest(
        [
            record.dataset.name,
            record.dataset.fingerprint,
            record.tier.name,
            record.tier.parameters,
            has_random_backbone(record),
            record.code_version,
            record.protocol,
        ]
    )


def row_identity(record: RunRecord) -> RowIdentity:
    """What runs of one section must share to be seeds of one row."""
    return RowIdentity(
        approach=record.approach,
        recipe=digest(record.recipe),
        backend=record.environment.backend,
        device=record.environment.device,
        weights=(record.weights.sha256 or record.weights.description) if record.weights else "",
        backbone_dtype=_backbone_dtype(record.recipe),
    )


def has_random_backbone(record: RunRecord) -> bool:
    """Whether the run read a backbone with random weights."""
    return record.weights is not None and record.weights.kind == "random"


def group(runs: Iterable[tuple[Path, RunRecord]]) -> tuple[SectionRuns, ...]:
    """The sections of some runs, the same whatever their order.

    Two records of one seed are one draw measured twice and not two draws: a mean over both would
    claim a seed too many. So the one that was started last stands for the seed.

    Supplied predictions, of which nothing but the images is known, stand with the first runs on
    these images under this tier.

    Args:
        runs: folders and their records.

    Returns:
        Real images before synthetic ones, the deepest tier first, then what ran under a protocol.
    """
    sections: dict[str, list[StoredRun]] = defaultdict(list)
    supplied: list[StoredRun] = []
    for folder, record in runs:
        same = supplied if record.supplied else sections[section_identity(record)]
        same.append(StoredRun(folder, record))
    hosts = {
        _images_and_tier(section.first): section.identity
        for section in reversed(_sections(sections))
        if not section.random_backbone
    }
    for run in supplied:
        host = hosts.get(_images_and_tier(run.record)) or section_identity(run.record)
        sections[host].append(run)
    return _sections(sections)


def _sections(runs: Mapping[str, Sequence[StoredRun]]) -> tuple[SectionRuns, ...]:
    return tuple(sorted((_section(*found) for found in runs.items()), key=_order))


def _images_and_tier(record: RunRecord) -> str:
    data, tier = record.dataset, record.tier
    return digest([data.name, data.fingerprint, tier.name, tier.parameters])


def distinctions(rows: Sequence[RowRuns]) -> tuple[Distinction, ...]:
    """What must be named of each row of a section, so that no two look the same."""
    named = [_named(row.identity, rows) for row in rows]
    approaches = [row.identity.approach for row in rows]
    alike = list(zip(approaches, named, strict=True))
    return tuple(
        Distinction(
            *what, (row.identity.device, row.identity.backend) if alike.count(pair) > 1 else None
        )
        for row, what, pair in zip(rows, named, alike, strict=True)
    )


def _named(identity: RowIdentity, rows: Sequence[RowRuns]) -> tuple[str, str, str]:
    others = [row.identity for row in rows if row.identity.approach == identity.approach]
    half = identity.backbone_dtype == "bfloat16"
    recipes = {o.recipe for o in others if o.backbone_dtype == identity.backbone_dtype}
    several_weights = len({other.weights for other in others}) > 1
    return (
        identity.backbone_dtype if half else "",
        identity.recipe if len(recipes) > 1 and not half else "",
        identity.weights if several_weights else "",
    )


def _section(identity: str, runs: Sequence[StoredRun]) -> SectionRuns:
    found: dict[RowIdentity, dict[int, StoredRun]] = defaultdict(dict)
    for run in sorted(runs, key=lambda run: (run.record.started, run.record.key)):
        found[row_identity(run.record)][run.record.seed] = run
    rows = tuple(
        sorted(
            (RowRuns(row, tuple(of[seed] for seed in sorted(of))) for row, of in found.items()),
            # The first row speaks for its section; of supplied predictions too little is known.
            key=lambda row: (row.first.supplied, row.identity),
        )
    )
    return SectionRuns(identity, rows, len(runs) - sum(len(row.runs) for row in rows))


def _order(section: SectionRuns) -> tuple[Any, ...]:
    first = section.first
    return (
        section.synthetic,
        first.dataset.name != PREFERRED,
        first.dataset.name,
        -section.depth,
        first.tier.name,
        section.random_backbone,
        first.protocol is None,
        -first.code_version,
        _place_of_report(first.approach),
        section.identity,
    )


def _place_of_report(approach: str) -> int:
    """Sections under protocols of several reports stand in the order of the reports."""
    reports, own = installed_claim_sets().names, report_of(approach)
    return reports.index(own.name) if own else len(reports)


def _backbone_dtype(recipe: dict[str, Any]) -> str:
    backbone = recipe.get("network", recipe).get("backbone")
    return str(backbone["dtype"]) if backbone else ""
