"""From records to a leaderboard: the sections and rows that stand together, with their runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bench.analysis.grouping import RowRuns, SectionRuns, distinctions, group
from bench.analysis.pairwise import LoadHits, paired_p_values, reordered
from bench.analysis.statistics import competition_ranks
from bench.approaches.approach import Approach
from bench.approaches.claim_sets import report_of
from bench.approaches.registry import known_approaches
from bench.leaderboard import provenance
from bench.leaderboard.claims import ClaimSource, claim_source, claims_part, is_fitted
from bench.leaderboard.measured import DIGITS
from bench.leaderboard.model import AsideRun, Leaderboard, Row, Section
from bench.leaderboard.published import DATASET, published_results
from bench.leaderboard.rows import row
from bench.leaderboard.text import diverged_note, replaced_note, row_title, untested_note
from bench.pages.words import slug, unique
from bench.records.record import RunRecord
from bench.records.store import RunStore, SetAside


@dataclass(frozen=True)
class RowStanding:
    """One row of the leaderboard with the runs behind it.

    Attributes:
        row: what the leaderboard says.
        runs: what it follows from.
    """

    row: Row
    runs: RowRuns


@dataclass(frozen=True)
class SectionStanding:
    """One section of the leaderboard with the runs behind it.

    Attributes:
        section: what the leaderboard says.
        rows: in the order of the section's rows.
        p_values: uncorrected, of pairs (i, j) of rows with i < j that could be tested.
    """

    section: Section
    rows: tuple[RowStanding, ...]
    p_values: Mapping[tuple[int, int], float]


def build(store: RunStore, approaches: Sequence[Approach] | None = None) -> Leaderboard:
    """The leaderboard of everything in a store.

    Args:
        store: read whole; each record once, and each predictions file at most once.
        approaches: the registry, for documented numbers and for what was not run.

    Raises:
        BenchError: a record or its predictions are damaged: nothing is left out in silence.
    """
    approaches = known_approaches(approaches)
    found = assemble(store.runs(), store.hits, approaches, claim_source(store))
    return found.model_copy(update={"aside": tuple(map(_aside, store.aside()))})


def _aside(run: SetAside) -> AsideRun:
    record = run.record
    return AsideRun(
        dataset=record.dataset.name,
        tier=record.tier.name,
        approach=record.approach,
        seed=record.seed,
        started=record.started,
        accuracy=round(record.test.accuracy, DIGITS),
        outcome=run.outcome or "unlisted",
        reason=run.reason,
    )


def assemble(
    runs: Iterable[tuple[Path, RunRecord]],
    load: LoadHits,
    approaches: Sequence[Approach] | None = None,
    source: ClaimSource | None = None,
) -> Leaderboard:
    """The leaderboard of these runs, the same whatever their order.

    Args:
        runs: folders and their records.
        load: reads what the runs in these folders got right, in their order; called for runs that
            have someone to be compared with, once each.
        approaches: as in `build`.
        source: of claims; without one, the approaches' documented numbers are all.
    """
    approaches = known_approaches(approaches)
    found = standings(group(runs), load, approaches, source)
    shown = not found or any(one.section.dataset == DATASET for one in found)
    return Leaderboard(
        sections=tuple(one.section for one in found),
        published=published_results() if shown else (),
    )


def standings(
    sections: Sequence[SectionRuns],
    load: LoadHits,
    approaches: Sequence[Approach] | None = None,
    source: ClaimSource | None = None,
) -> tuple[SectionStanding, ...]:
    """All sections with their runs; see `assemble`."""
    approaches = known_approaches(approaches)
    anchors = section_anchors(sections)
    return tuple(
        _standing(anchor, section, load, approaches, source or ClaimSource())
        for anchor, section in zip(anchors, sections, strict=True)
    )


def section_anchors(sections: Sequence[SectionRuns]) -> list[str]:
    """The anchors that the parts of these sections have in the report."""
    return unique([_anchor(section) for section in sections])


def _anchor(section: SectionRuns) -> str:
    first = section.first
    backbone = "-random-backbone" if section.random_backbone else ""
    return f"{slug(first.dataset.name)}-{slug(first.tier.name)}{backbone}"


def _standing(
    anchor: str,
    runs: SectionRuns,
    load: LoadHits,
    approaches: Sequence[Approach],
    source: ClaimSource,
) -> SectionStanding:
    p_values = paired_p_values(runs.rows, load)
    built = _rows(anchor, runs, p_values, approaches)
    order = sorted(range(len(built)), key=lambda i: _place(built[i].row))
    first = runs.first
    claims = claims_part([(one.row, one.runs) for one in built], approaches, source)
    section = Section(
        anchor=anchor,
        identity=runs.identity,
        dataset=first.dataset.name,
        fingerprint=first.dataset.fingerprint,
        sources=provenance.sources(runs.records),
        synthetic=runs.synthetic,
        test_images=first.test.images,
        tier=first.tier.name,
        tier_parameters=dict(sorted(first.tier.parameters.items())),
        random_backbone=runs.random_backbone,
        code_version=runs.first.code_version,
        protocol=runs.first.protocol,
        judged=claims is not None,
        recorded=provenance.recorded(runs.records),
        weights=provenance.weights(runs.records),
        machines=provenance.machines(runs.records),
        software=provenance.software(runs.records),
        rows=tuple(built[i].row for i in order),
        claims=claims,
        not_run=_not_run(runs, approaches),
        notes=tuple(_notes(runs, built, p_values)),
    )
    return SectionStanding(section, tuple(built[i] for i in order), reordered(p_values, order))


def _rows(
    anchor: str,
    runs: SectionRuns,
    p_values: Mapping[tuple[int, int], float],
    approaches: Sequence[Approach],
) -> list[RowStanding]:
    known = {approach.name: approach for approach in approaches}
    ranks = competition_ranks([row.mean_accuracy for row in runs.rows], p_values)
    apart = distinctions(runs.rows)
    names = [
        row_title(of_row.first.approach, distinction)
        for of_row, distinction in zip(runs.rows, apart, strict=True)
    ]
    anchors = unique([f"{anchor}-{slug(name)}" for name in names])
    return [
        RowStanding(
            row(
                of_row,
                anchor=anchors[number],
                rank=ranks[number],
                tied=ranks.count(ranks[number]) > 1,
                distinction=apart[number],
                approach=known.get(of_row.first.approach),
                approaches=approaches,
                fitted=is_fitted(of_row.first.approach, known),
            ),
            of_row,
        )
        for number, of_row in enumerate(runs.rows)
    ]


def _place(row: Row) -> tuple[int, float, str]:
    return row.rank, -row.accuracy.mean, row.label


def _not_run(runs: SectionRuns, approaches: Sequence[Approach]) -> tuple[str, ...]:
    """The approaches of the reports that speak of a row here; of others nobody expects a run."""
    present = {record.approach for record in runs.records}
    reports = set(map(_report_name, present))
    known = {approach.name: approach for approach in approaches}
    return tuple(
        approach.name
        for approach in approaches
        if approach.name not in present
        and _report_name(approach.name) in reports
        and (not runs.random_backbone or _uses_backbone(approach, known))
    )


def _report_name(approach: str) -> str | None:
    report = report_of(approach)
    return report.name if report else None


def _uses_backbone(approach: Approach, known: Mapping[str, Approach]) -> bool:
    base = approach.recipe.base
    if base is not None:
        return base in known and _uses_backbone(known[base], known)
    return approach.recipe.backbone is not None


def _notes(
    runs: SectionRuns, built: Sequence[RowStanding], p_values: Mapping[tuple[int, int], float]
) -> Iterable[str]:
    if runs.replaced:
        yield replaced_note(runs.replaced)
    for record in runs.records:
        if record.diverged is not None:
            yield diverged_note(record.approach, record.seed, record.diverged)
    for i, j in combinations(range(len(built)), 2):
        if (i, j) not in p_values:
            yield untested_note(built[i].row.label, built[j].row.label)
