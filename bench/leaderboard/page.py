"""The leaderboard as sections of a page."""

from __future__ import annotations

from bench.leaderboard import text
from bench.leaderboard.model import Leaderboard
from bench.leaderboard.model import Section as Runs
from bench.leaderboard.tables import claims_table, published_table, rows_table
from bench.pages.sections import Section
from bench.pages.words import slug


def to_section(leaderboard: Leaderboard) -> Section:
    """The whole page; the same leaderboard gives the same sections."""
    return Section(
        anchor="leaderboard",
        title=text.TITLE,
        text=(text.LEGEND if leaderboard.sections else text.EMPTY,),
        sections=(
            *map(_section, leaderboard.sections),
            *([_published(leaderboard)] if leaderboard.published else []),
        ),
    )


def _section(runs: Runs) -> Section:
    anchor = slug(f"{text.heading(runs)}")
    return Section(
        anchor=anchor,
        title=text.heading(runs),
        points=text.provenance(runs),
        text=(*text.headline(runs), *text.remarks(runs)),
        tables=(rows_table(runs),),
        sections=_claims(runs, anchor),
    )


def _claims(runs: Runs, anchor: str) -> tuple[Section, ...]:
    table = claims_table(runs)
    if table is None:
        return ()
    return (
        Section(
            anchor=f"{anchor}-claims",
            title=text.CLAIMS_TITLE,
            text=(text.CLAIMS_LEGEND,),
            points=text.explanations(runs),
            tables=(table,),
        ),
    )


def _published(leaderboard: Leaderboard) -> Section:
    return Section(
        anchor="published",
        title=text.PUBLISHED_TITLE,
        text=(text.PUBLISHED_LEGEND,),
        tables=(published_table(leaderboard.published),),
    )
