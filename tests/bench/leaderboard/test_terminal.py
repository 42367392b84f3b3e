"""The last table of a run: legible on 80 columns, and whole where a program reads it."""

import io

import pytest
from rich.console import Console

from bench.approaches.registry import APPROACHES
from bench.leaderboard.terminal import show_summary
from bench.records.store import RunStore
from tests.support.report_factories import write_matrix


@pytest.mark.parametrize("width", [80, 30])
def test_no_cell_of_the_last_table_is_cut(tmp_path, width: int) -> None:
    store, said = RunStore(tmp_path), io.StringIO()
    write_matrix(store, seeds=2, n=100)
    records = tuple(record for _, record in store.runs())
    show_summary(Console(file=said, width=width), store, records)
    _, columns, *rows = said.getvalue().splitlines()
    assert columns.split() == ["name", "documented", "measured", "verdict", "seeds"]
    assert {row.split()[0] for row in rows[:7]} == {approach.name for approach in APPROACHES}
    assert all(len(row) <= 80 for row in (columns, *rows[:7]))
    assert all(row.split()[-1] == "2" for row in rows[:7])
    assert "…" not in said.getvalue()
