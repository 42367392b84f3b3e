"""One section of the leaderboard as a part of the page: rows, charts across them, each row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bench.approaches.approach import Approach
from bench.errors import BenchError
from bench.leaderboard.markdown import (
    COMPARISONS_LEGEND,
    UNREGISTERED_LEGEND,
    explanations,
    provenance,
)
from bench.pages.sections import Section
from bench.planning.tiers import get_tier
from bench.report import approach_part, comparisons, confusion, leaderboard_table, tradeoffs
from bench.report.content import PageSection
from bench.report.groups import Standing
from datasets.image_dataset import ImageDataset


def section(
    standing: Standing,
    approaches: Sequence[Approach],
    images: Mapping[str, ImageDataset],
    models: Collection[str] = (),
) -> PageSection:
    """The part of one leaderboard section.

    Args:
        standing: its records.
        approaches: the registry.
        images: data sets by fingerprint.
        models: those whose architecture is on the page.
    """
    known = {approach.name: approach for approach in approaches}
    data = images.get(standing.section.fingerprint)
    parts = [_leaderboard(standing), *_documented(standing), *_across(standing)]
    parts += [
        approach_part.section(group, known.get(group.row.approach), data, models)
        for group in standing.groups
    ]
    return PageSection(
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
    return (*purpose, *(f"{line}." for line in provenance(standing.section)))


def _label(standing: Standing) -> str | None:
    section = standing.section
    labels = ["synthetic images"] if section.synthetic else []
    labels += ["random backbone"] if section.random_backbone else []
    labels += [] if section.judged or labels else ["not judged"]
    return ", ".join(labels) or None


def _leaderboard(standing: Standing) -> Section:
    section = standing.section
    text = []
    if not all(row.registered for row in section.rows):
        text.append(UNREGISTERED_LEGEND)
    if section.not_run:
        text.append(f"Not run here: {', '.join(section.not_run)}.")
    text += [f"Note: {note}" for note in section.notes]
    return Section(
        anchor=f"{standing.anchor}-leaderboard",
        title="Leaderboard",
        text=tuple(text),
        tables=(leaderboard_table.table(standing),),
        figures=(leaderboard_table.figure(standing),),
    )


def _documented(standing: Standing) -> list[Section]:
    table = leaderboard_table.comparisons_table(standing)
    if table is None:
        return []
    return [
        Section(
            anchor=f"{standing.anchor}-documented",
            title="Every documented number",
            text=(
                COMPARISONS_LEGEND.replace("*", ""),
                *(f"Not reproduced: {reason}" for reason in explanations(standing.section)),
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
