"""One section of the leaderboard as a part of the page: rows, charts across them, each row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bench.approaches.approach import Approach
from bench.errors import BenchError
from bench.leaderboard import legends, tables, text
from bench.leaderboard.claims_table import claims_table
from bench.pages.sections import Section, Table
from bench.planning.tiers import get_tier
from bench.report import accuracy_chart, approach_part, comparisons, confusion, tradeoffs
from bench.report.groups import Standing
from datasets.image_dataset import ImageDataset

# What a reader comes for stands where a narrow screen still shows it.
_FIRST = ("rank", "approach", "documented", "measured", "verdict")
_LEFT_OUT = ("name",)


def section(
    standing: Standing,
    approaches: Sequence[Approach],
    images: Mapping[str, ImageDataset],
    models: Collection[str] = (),
) -> Section:
    """The part of one leaderboard section.

    Args:
        standing: its records.
        approaches: the registry.
        images: data sets by fingerprint.
        models: those whose architecture is on the page.
    """
    known = {approach.name: approach for approach in approaches}
    data = images.get(standing.section.fingerprint)
    parts = [_leaderboard(standing), *_claims(standing), *_across(standing)]
    parts += [
        approach_part.section(group, known.get(group.row.approach), data, models)
        for group in standing.groups
    ]
    return Section(
        anchor=standing.anchor,
        title=standing.title,
        text=_introduction(standing),
        sections=tuple(parts),
        label=_label(standing),
    )


def _introduction(standing: Standing) -> tuple[str, ...]:
    tier = standing.section.tier
    try:
        purpose = [f"The {tier} tier asks: {get_tier(tier).purpose}."]
    except BenchError:
        purpose = []
    return (*purpose, *(f"{line}." for line in text.provenance(standing.section)))


def _label(standing: Standing) -> str:
    section = standing.section
    labels = ["synthetic images"] if section.synthetic else []
    labels += ["random backbone"] if section.random_backbone else []
    labels += [] if section.judged or labels else ["not judged"]
    return ", ".join(labels)


def _leaderboard(standing: Standing) -> Section:
    return Section(
        anchor=f"{standing.anchor}-leaderboard",
        title=legends.TITLE,
        text=text.remarks(standing.section),
        tables=(_rows(standing),),
        figures=(accuracy_chart.figure(standing),),
    )


def _rows(standing: Standing) -> Table:
    """Every row with every column that says something; the approach leads to its part."""
    told = tables.told(standing.section)
    columns = [name for name in _FIRST if name in told]
    columns += [name for name in told if name not in (*_FIRST, *_LEFT_OUT)]
    return tables.rows_table(
        standing.section,
        columns,
        caption=f"Test accuracy and cost of every approach, the most accurate first. "
        f"{standing.provenance}",
        page="",
        filter_label="Show approaches with",
    )


def _claims(standing: Standing) -> list[Section]:
    table = claims_table(
        standing.section,
        caption=f"{legends.CLAIMS_TITLE} against what was measured. {standing.provenance}",
        filter_label="Show claims with",
    )
    if table is None:
        return []
    return [
        Section(
            anchor=f"{standing.anchor}-claims",
            title=legends.CLAIMS_TITLE,
            text=(
                *text.headline(standing.section),
                legends.CLAIMS_LEGEND,
                *text.explanations(standing.section),
            ),
            tables=(table,),
        )
    ]


def _across(standing: Standing) -> list[Section]:
    figures = list(tradeoffs.figures(standing))
    matrix, pairs = comparisons.figure(standing), comparisons.table(standing)
    if matrix:
        figures.append(matrix)
    if not figures:
        return []
    named = confusion.answers_table(standing.groups, standing.provenance)
    mistakes = Section(
        anchor=f"{standing.anchor}-named",
        title="The mistakes that the source report names",
        text=(confusion.NAMED,),
        tables=(named,) if named else (),
    )
    return [
        Section(
            anchor=f"{standing.anchor}-across",
            title="Across approaches",
            tables=(pairs,) if pairs else (),
            figures=tuple(figures),
            sections=(mistakes,) if named else (),
        )
    ]
