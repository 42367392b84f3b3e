"""The leaderboard at the end of a run: few columns, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bench.approaches.approach import Approach
from bench.approaches.registry import known_approaches
from bench.leaderboard import text
from bench.leaderboard.build import build
from bench.leaderboard.files import MARKDOWN
from bench.leaderboard.model import Section
from bench.leaderboard.tables import rows_table
from bench.pages.escaping import harmless
from bench.pages.sections import Table
from bench.records.record import RunRecord
from bench.records.store import RunStore

# They fit 80 characters, but for the longest names; nothing is ever cut.
COLUMNS = ("name", "documented", "measured", "verdict", "seeds")


def show_summary(
    console: Console,
    store: RunStore,
    records: Sequence[RunRecord],
    approaches: Sequence[Approach] | None = None,
) -> None:
    """Print the leaderboard's sections that hold these records."""
    approaches = known_approaches(approaches)
    if not records:
        console.print("nothing was run")
        return
    for section in build(store, approaches).sections_of(records):
        for line in (harmless(text.heading(section)), *printed_lines(summary(section)), ""):
            console.print(Text(line), soft_wrap=True)
    console.print(f"leaderboard: {store.root / MARKDOWN}", markup=False, soft_wrap=True)


def summary(section: Section) -> Table:
    """A section's rows in the columns that fit a terminal."""
    return rows_table(section, COLUMNS)


def printed_lines(table: Table) -> list[str]:
    """A table as aligned lines, whole whatever the width of the terminal."""
    # What looks like markup or a control character is neither.
    rows = [tuple(map(harmless, row)) for row in (table.columns, *table.texts)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    return [
        "  ".join(
            cell.ljust(width) if place == table.header else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
