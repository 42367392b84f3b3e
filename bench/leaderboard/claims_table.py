"""The claims of a section as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.leaderboard import numbers, text
from bench.leaderboard.model import ClaimFact, ClaimRow, OtherReading, Section
from bench.leaderboard.numbers import UNITS
from bench.leaderboard.tables import verdict_cell
from bench.pages.sections import Cell, Table
from bench.pages.words import NONE

CLAIMED = (
    *("claim", "documented", "measured", "other readings", "resolution", "verdict"),
    *("informative", "section"),
)
COMPACT_CLAIMED = ("claim", "documented", "measured", "verdict", "section")


def claims_table(
    section: Section, caption: str = "", filter_label: str = "", *, compact: bool = False
) -> Table | None:
    """Every claim against what was measured; `None` where nothing may be judged.

    Args:
        section: whose claims.
        caption: of the table.
        filter_label: see `Table`.
        compact: informative claims alone, in the columns that matter.
    """
    if section.claims is None:
        return None
    claims = [claim for claim in section.claims.claims if claim.informative or not compact]
    if not claims:
        return None
    columns = COMPACT_CLAIMED if compact else CLAIMED
    cells = [_claim(number, claim, compact) for number, claim in enumerate(claims)]
    return Table(
        caption=caption,
        columns=columns,
        rows=tuple(tuple(row[name] for name in columns) for row in cells),
        numeric=tuple(name for name in ("documented", "measured", "resolution") if name in columns),
        sortable=True,
        filter_label=filter_label,
    )


def _claim(number: int, claim: ClaimRow, compact: bool) -> dict[str, Cell]:
    """Cells by the name of their column.

    Unlike quantities stand side by side: to sort by their numbers means nothing, so those columns
    bring back the order of the claims.
    """
    unit, subject = UNITS[claim.unit], claim.subject or f'{claim.name}: "{claim.words}"'
    seen = NONE if claim.resolution is None else numbers.resolution(unit, claim.resolution)
    others = "; ".join(_other(claim, other) for other in claim.others)
    verdict = verdict_cell(claim.verdict)
    # What is counted exactly resolves everything.
    if compact and claim.resolution:
        verdict = replace(verdict, text=f"{verdict.text} ({seen})")
    return {
        "claim": Cell(subject, subject),
        "documented": Cell(_said(claim), number),
        "measured": Cell(_seen(claim.facts), number),
        "other readings": Cell(others or NONE, number),
        "resolution": Cell(seen, number),
        "verdict": verdict,
        "informative": Cell("yes" if claim.informative else "no", str(claim.informative)),
        "section": Cell(claim.section, claim.section),
    }


def _said(claim: ClaimRow) -> str:
    if claim.documented is None:
        return NONE
    return numbers.documented(UNITS[claim.unit], claim.documented, claim.step or 0.01)


def _seen(facts: Sequence[ClaimFact]) -> str:
    """The most telling fact."""
    return numbers.measured(UNITS[facts[0].unit], facts[0].measured) if facts else NONE


def _other(claim: ClaimRow, other: OtherReading) -> str:
    """A reading that does not carry the verdict; how training is scored only where it matters."""
    weights = [claim.weights, *(reading.weights for reading in claim.others)]
    alone = weights.count(other.weights) == 1
    name = text.reading(other.weights, None if alone else other.fitting)
    return f"{name}: {_seen(other.facts)} ({other.verdict})"
