"""A tier in few lines: on the terminal, and on GitHub on the page of the workflow's run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.leaderboard import text
from bench.leaderboard.model import Section
from bench.leaderboard.tables import rows_table
from bench.pages import sections as pages
from bench.pages.escaping import harmless
from bench.pages.markdown import to_markdown
from bench.pages.words import NONE, percent

_COLUMNS = ("name", "measured", "verdict")
# What GitHub names the file in that it shows; see "Workflow commands" in its documentation.
_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def of_section(section: Section) -> pages.Section:
    """Name, score and verdict of each row of a section of the leaderboard."""
    table = rows_table(section, _COLUMNS)
    return pages.Section(section.anchor, text.heading(section), tables=(table,))


def of_scores(tier: str, scores: Mapping[str, Sequence[float]]) -> pages.Section:
    """The same of a tier that is no part of a leaderboard, and has no verdict.

    Args:
        tier: its name.
        scores: test accuracies of each approach, one a seed, as fractions.
    """
    rows = tuple(
        (name, " ".join(percent(score, 2) for score in of_name), NONE)
        for name, of_name in scores.items()
    )
    table = pages.Table("", _COLUMNS, rows, numeric=("measured",))
    return pages.Section(tier, f"{tier} tier, whose scores mean nothing", tables=(table,))


def lines(part: pages.Section) -> list[str]:
    """A part as plain lines."""
    return [
        f"{harmless(part.title)}:",
        *(
            f"  {harmless(name):<36} {measured:>18}  {verdict}".rstrip()
            for table in part.tables
            for name, measured, verdict in table.texts
        ),
    ]


def publish(parts: Iterable[pages.Section]) -> None:
    """Add the parts to the page of the workflow's run; nothing where this is no workflow."""
    place = os.environ.get(_STEP_SUMMARY)
    if place:
        with Path(place).open("a", encoding="utf-8") as page:
            page.writelines(f"{to_markdown(part)}\n" for part in parts)
