"""The leaderboard's sections of runs that just ended, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.leaderboard.build import build
from bench.leaderboard.markdown import MARKDOWN, heading, summary_rows
from bench.records.record import RunRecord
from bench.records.store import RunStore


def show_summary(console: Console, store: RunStore, records: Sequence[RunRecord]) -> None:
    """Print the leaderboard's sections that hold these records."""
    if not records:
        console.print("nothing was run")
        return
    for section in build(store).sections_of(records):
        rows = summary_rows(section)
        table = Table(box=None, header_style="bold", title=heading(section))
        for column in rows[0]:
            table.add_column(column, no_wrap=column == "name")
        for row in rows:
            table.add_row(*row.values())
        console.print(table)
    console.print(f"leaderboard: {store.root / MARKDOWN}", markup=False, soft_wrap=True)
