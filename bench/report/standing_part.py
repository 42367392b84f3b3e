"""One section of the leaderboard as a part of the page: rows, charts across them, each row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bench.approaches.approach import Approach
from bench.errors import BenchError
from bench.leaderboard import legends, tables, text
from bench.leaderboard.claims_table import claims_table
from bench.pages.sections import Section, Table
from bench.planning.tiers import get_tier
from bench.report import (
    accuracy_chart,
    approach_part,
    compare,
    comparisons,
    named_mistakes,
    tradeoffs,
)
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
    *,
    opened: bool = False,
    folded: bool = False,
) -> Section:
    """The part of one leaderboard section.

    Args:
        standing: its records.
        approaches: the registry.
        images: data sets by fingerprint.
        models: those whose architecture is on the page.
        opened: whether its `opening` stands elsewhere, at the top of the page.
        folded: whether it is closed until a reader opens it.
    """
    known = {approach.name: approach for approach in approaches}
    data = images.get(standing.section.fingerprint)
    parts = [] if opened else [opening(standing)]
    parts += [_columns(standing), *_claims(standing), *_across(standing)]
    parts += compare.sections(standing, data)
    parts.append(
        Section(
            anchor=f"{standing.anchor}-approaches",
            title="One approach at a time",
            picker="Approach",
            sections=tuple(
                approach_part.section(group, known.get(group.row.approach), data, models)
                for group in standing.groups
            ),
        )
    )
    parts.append(_origin(standing))
    return Section(
        anchor=standing.anchor,
        title=f"{standing.title}, in full" if opened else standing.title,
        text=_purpose(standing),
        sections=tuple(parts),
        label="" if opened else _label(standing),
        folded=folded,
    )


def opening(standing: Standing) -> Section:
    """The first view: how to read it, the chart, and the table in the columns that matter."""
    section = standing.section
    return Section(
        anchor=f"{standing.anchor}-leaderboard",
        title=standing.title,
        points=_how_to_read(standing),
        label=_label(standing),
        tables=(
            tables.compact_table(
                section, caption=f"{text.compact_legend(section)} {standing.provenance}", page=""
            ),
        ),
        figures=(accuracy_chart.figure(standing),),
        opening=True,
    )


def _how_to_read(standing: Standing) -> tuple[str, ...]:
    if not standing.section.judged:
        return (
            "Dot: the mean test accuracy of the runs here, each tick one of them.",
            "Band: where that mean may lie, these test images being a sample (95 %).",
            "No verdict: the documented numbers are not held against these runs.",
            "Rows of one rank, marked =, are not proved to differ from its best.",
        )
    return (
        "Dot: the mean test accuracy of the runs here, each tick one of them; diamond: what the "
        "source report documents.",
        "Reproduced: the diamond lies in the band, where another run would land 95 times in 100.",
        "Exceeded: it lies below the band. Not reproduced: above it. Inconclusive: the band is "
        "too wide to say.",
        "In brackets: the smallest true difference, in points, that would have been noticed.",
    )


def _purpose(standing: Standing) -> tuple[str, ...]:
    tier = standing.section.tier
    try:
        return (f"The {tier} tier asks: {get_tier(tier).purpose}.",)
    except BenchError:
        return ()


def _origin(standing: Standing) -> Section:
    """Images, machines, versions and commits: for who checks, not for who reads."""
    return Section(
        anchor=f"{standing.anchor}-origin",
        title="Where these numbers come from",
        text=tuple(f"{line}." for line in text.provenance(standing.section)),
        folded=True,
    )


def _label(standing: Standing) -> str:
    section = standing.section
    labels = ["synthetic images"] if section.synthetic else []
    labels += ["random backbone"] if section.random_backbone else []
    labels += [] if section.judged or labels else ["not judged"]
    return ", ".join(labels)


def _columns(standing: Standing) -> Section:
    return Section(
        anchor=f"{standing.anchor}-columns",
        title="Every column",
        text=text.remarks(standing.section),
        tables=(_rows(standing),),
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
            ),
            tables=(table,),
            sections=_reasons(standing),
        )
    ]


def _reasons(standing: Standing) -> tuple[Section, ...]:
    """Folded: a page on which little was run yet has a line for nearly every claim."""
    lines = text.explanations(standing.section)
    if not lines:
        return ()
    return (
        Section(
            anchor=f"{standing.anchor}-reasons",
            title="Why, claim by claim",
            points=lines,
            folded=True,
        ),
    )


def _across(standing: Standing) -> list[Section]:
    figures = list(tradeoffs.figures(standing))
    matrix, pairs = comparisons.figure(standing), comparisons.table(standing)
    if matrix:
        figures.append(matrix)
    if not figures:
        return []
    named = named_mistakes.named_mistakes(standing.groups)
    mistakes = Section(
        anchor=f"{standing.anchor}-named",
        title="The mistakes that the report names",
        text=tuple(map(named_mistakes.said, named)),
        tables=tuple(
            named_mistakes.answers_table(standing.groups, one, standing.provenance) for one in named
        ),
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
