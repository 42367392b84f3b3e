"""The leaderboard at the end of a run: few columns, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as Printed
from rich.text import Text

from bench.approaches.approach import Approach
from bench.approaches.registry import APPROACHES
from bench.leaderboard import text
from bench.leaderboard.build import build
from bench.leaderboard.files import MARKDOWN
from bench.leaderboard.model import Section
from bench.leaderboard.tables import rows_table
from bench.pages.escaping import harmless
from bench.pages.sections import Table
from bench.records.record import RunRecord
from bench.records.store import RunStore

COLUMNS = ("rank", "name", "documented", "measured", "verdict", "training", "device", "seeds")


def show_summary(
    console: Console,
    store: RunStore,
    records: Sequence[RunRecord],
    approaches: Sequence[Approach] = APPROACHES,
) -> None:
    """Print the leaderboard's sections that hold these records."""
    if not records:
        console.print("nothing was run")
        return
    for section in build(store, approaches).sections_of(records):
        console.print(printed(summary(section), text.heading(section)))
    console.print(f"leaderboard: {store.root / MARKDOWN}", markup=False, soft_wrap=True)


def summary_lines(section: Section) -> list[str]:
    """A section in plain lines: its heading, then name, score and verdict of each row."""
    return [
        f"{harmless(text.heading(section))}:",
        *(
            f"  {harmless(name):<36} {measured:>18}  {verdict}".rstrip()
            for name, measured, verdict in rows_table(
                section, ("name", "measured", "verdict")
            ).texts
        ),
    ]


def summary(section: Section) -> Table:
    """A section's rows in the columns that fit a terminal."""
    return rows_table(section, COLUMNS)


def printed(table: Table, title: str) -> Printed:
    """A table for a terminal; the column that names the rows is never broken."""
    made = Printed(box=None, header_style="bold", title=_text(title))
    for number, column in enumerate(table.columns):
        made.add_column(_text(column), no_wrap=number == table.header)
    for row in table.texts:
        made.add_row(*map(_text, row))
    return made


def _text(text: str) -> Text:
    """Text as it is: what looks like markup is none."""
    return Text(harmless(text))
