"""The leaderboard at the end of a run: few columns, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as Printed

from bench.leaderboard import text
from bench.leaderboard.build import build
from bench.leaderboard.files import MARKDOWN
from bench.leaderboard.model import Section
from bench.leaderboard.tables import rows_table
from bench.pages.sections import Table
from bench.records.record import RunRecord
from bench.records.store import RunStore

COLUMNS = ("rank", "name", "documented", "measured", "verdict", "training", "device", "seeds")


def show_summary(console: Console, store: RunStore, records: Sequence[RunRecord]) -> None:
    """Print the leaderboard's sections that hold these records."""
    if not records:
        console.print("nothing was run")
        return
    for section in build(store).sections_of(records):
        console.print(_printed(summary(section), text.heading(section)))
    console.print(f"leaderboard: {store.root / MARKDOWN}", markup=False, soft_wrap=True)


def summary_lines(section: Section) -> list[str]:
    """A section in plain lines: its heading, then name, score and verdict of each row."""
    return [
        f"{text.heading(section)}:",
        *(
            f"  {name:<36} {measured:>18}  {verdict}".rstrip()
            for name, measured, verdict in rows_table(
                section, ("name", "measured", "verdict")
            ).texts
        ),
    ]


def summary(section: Section) -> Table:
    """A section's rows in the columns that fit a terminal."""
    return rows_table(section, COLUMNS)


def _printed(table: Table, title: str) -> Printed:
    printed = Printed(box=None, header_style="bold", title=title)
    for column in table.columns:
        printed.add_column(column, no_wrap=column == "name")
    for row in table.texts:
        printed.add_row(*row)
    return printed
