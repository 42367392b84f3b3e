"""The table of docs/method.md is what the rules give, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.analysis.bands import Band, SeedSpread, accuracy_variance
from bench.analysis.resolution import power, resolution
from bench.analysis.verdicts import Verdict

PAGE = (Path(__file__).parents[3] / "docs" / "method.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in PAGE.splitlines()
    if line.startswith(("| 0.", "| 1.", "| 2."))
]


def test_the_table_has_every_deviation_and_number_of_seeds():
    wanted = [(sd, seeds) for sd in ("0.25", "0.8", "1.8", "2.4") for seeds in ("3", "5", "8")]
    assert [tuple(row[:2]) for row in ROWS] == wanted


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} points, {row[1]} seeds")
def test_each_row_is_what_the_rules_give(row):
    deviation, seeds, band, resolved, *noticed = row
    found = Band(
        (SeedSpread(float(deviation) / 100, int(seeds)),),
        accuracy_variance(0.4393, 10_000),
        0.00005,
    )
    assert band == f"±{100 * found.half_width:.1f}"
    assert resolved == f"{100 * resolution(found):.1f}"
    assert noticed == [f"{100 * power(found, off):.0f} %" for off in (0.05, 0.10, 0.15)]


def test_every_verdict_is_explained():
    assert all(verdict.value in PAGE for verdict in Verdict)
