"""The leaderboard as sections of a page: what a reader came for first, the rest folded."""

from __future__ import annotations

from collections.abc import Iterator

from bench.leaderboard import legends, text
from bench.leaderboard.claims_table import claims_table
from bench.leaderboard.model import Leaderboard
from bench.leaderboard.model import Section as Runs
from bench.leaderboard.published import DATASET
from bench.leaderboard.tables import (
    aside_table,
    compact_table,
    published_table,
    rows_table,
)
from bench.pages.sections import Section, Table

# Relative to the leaderboard's own folder.
REPORT = "report/index.html"


def to_section(leaderboard: Leaderboard) -> Section:
    """The whole page; the same leaderboard gives the same sections."""
    if not leaderboard.sections:
        published = (_published(leaderboard),)
        return Section("leaderboard", legends.TITLE, (legends.EMPTY,), sections=published)
    first, *others = leaderboard.sections
    if not first.judged:
        others = [first, *others]
    return Section(
        anchor="leaderboard",
        title=legends.TITLE,
        lead=text.accuracy_headline(first) if first.judged else legends.NOTHING_JUDGED,
        text=(
            text.source(leaderboard.sections),
            *(text.remarks(first) if first.judged else ()),
        ),
        tables=(_compact(first),) if first.judged else (),
        sections=(
            *_claims(first),
            *map(_shorter, others),
            *_standing(leaderboard, first),
            _details(leaderboard),
        ),
    )


def _compact(runs: Runs) -> Table:
    return compact_table(runs, text.compact_legend(runs), REPORT)


def _claims(runs: Runs) -> Iterator[Section]:
    table = claims_table(runs, compact=True)
    if table:
        yield Section(
            anchor=f"{runs.anchor}-claims",
            title=legends.CLAIMS_TITLE,
            text=text.headline(runs),
            tables=(table,),
        )


def _shorter(runs: Runs) -> Section:
    return Section(
        anchor=runs.anchor,
        title=text.heading(runs),
        text=text.remarks(runs),
        tables=(_compact(runs),),
    )


def _standing(leaderboard: Leaderboard, runs: Runs) -> Iterator[Section]:
    if leaderboard.published and runs.dataset == DATASET and not runs.random_backbone:
        yield Section(
            anchor="standing",
            title=legends.STANDING_TITLE,
            text=(text.best_against_published(runs, leaderboard.published),),
        )


def _details(leaderboard: Leaderboard) -> Section:
    return Section(
        anchor="details",
        title="Details",
        text=(legends.FILES,),
        sections=(
            Section("how-to-read", legends.HOW_TO_READ, legends.LEGEND, folded=True),
            *(part for runs in leaderboard.sections for part in _details_of(runs)),
            *_aside(leaderboard),
            *([_published(leaderboard)] if leaderboard.published else []),
        ),
    )


def _details_of(runs: Runs) -> Iterator[Section]:
    heading = text.heading(runs)
    table = claims_table(runs)
    if table:
        yield Section(
            anchor=f"{runs.anchor}-every-claim",
            title=f"{legends.CLAIMS_TITLE}, every reading ({heading})",
            text=(legends.CLAIMS_LEGEND,),
            points=text.explanations(runs),
            tables=(table,),
            folded=True,
        )
    yield Section(
        anchor=f"{runs.anchor}-columns",
        title=f"Every column ({heading})",
        tables=(rows_table(runs),),
        folded=True,
    )
    yield Section(
        anchor=f"{runs.anchor}-provenance",
        title=f"Images, machines, versions ({heading})",
        points=text.provenance(runs),
        folded=True,
    )


def _aside(leaderboard: Leaderboard) -> Iterator[Section]:
    if leaderboard.aside:
        yield Section(
            anchor="set-aside",
            title=legends.ASIDE_TITLE,
            text=(legends.ASIDE,),
            tables=(aside_table(leaderboard.aside),),
            folded=True,
        )


def _published(leaderboard: Leaderboard) -> Section:
    return Section(
        anchor="published",
        title=legends.PUBLISHED_TITLE,
        text=(text.published_legend(),),
        tables=(published_table(leaderboard.published),) if leaderboard.published else (),
        folded=True,
    )
