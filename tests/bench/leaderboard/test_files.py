"""The leaderboard for programs: a CSV of the rows, and a schema that describes every field."""

import csv
import io
from pathlib import Path

from bench.leaderboard.build import build
from bench.leaderboard.csv_file import FIELDS, to_csv
from bench.leaderboard.files import MARKDOWN, contents
from bench.leaderboard.model import Leaderboard
from bench.leaderboard.schema import schema_page
from bench.records.store import RunStore
from tests.support.factories import APPROACHES, write_run

DOCS = Path(__file__).parents[3] / "docs" / "leaderboard-schema.md"


def lines(store):
    return list(csv.DictReader(io.StringIO(to_csv(build(store, APPROACHES)))))


def test_csv_has_one_line_per_row_of_every_section(tmp_path):
    store = RunStore(tmp_path)
    for seed in range(3):
        write_run(store, 0.389 + 0.001 * seed, seed=seed)
    write_run(store, 0.2, tier="short")
    full, short = lines(store)
    assert (full["tier"], full["seeds"], full["measured"]) == ("full", "0 1 2", "0.39")
    assert float(full["difference"]) == round(0.39 - 0.387, 6)
    assert full["sd"] == "0.001"
    assert full["verdict"] == "reproduced"
    assert (short["tier"], short["sd"], short["verdict"]) == ("short", "", "")
    assert full["synthetic"] == "false"


def test_csv_names_are_no_formulas(tmp_path):
    store = RunStore(tmp_path)
    write_run(store, approach="=1+1", key="odd", device='@a\n"b",c')
    (line,) = lines(store)
    assert line["approach"] == "'=1+1"
    assert line["device"] == '\'@a "b",c'


def test_runs_that_count_no_longer_are_listed_with_their_reason(tmp_path):
    store = RunStore(tmp_path)
    write_run(store, 0.4)
    broken = write_run(store, 0.9, seed=1, started="2025-03-04T00:00:00+00:00")
    store.set_aside(broken, "withdrawn", "it ran on a broken card")
    found = build(store, APPROACHES)
    assert [row.seeds for row in found.sections[0].rows] == [(0,)]
    (aside,) = found.aside
    assert (aside.approach, aside.seed, aside.accuracy) == ("plain", 1, 0.9)
    page = contents(found)[MARKDOWN]
    (line,) = [line for line in page.splitlines() if "it ran on a broken card" in line]
    assert [cell.strip() for cell in line.split("|")][4:8] == [
        "1",
        "2025-03-04",
        "90.00 %",
        "withdrawn",
    ]


def test_every_field_says_what_it_means():
    assert all(field.meaning for field in FIELDS)
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    schema = Leaderboard.model_json_schema(mode="serialization")
    for part in (schema, *schema["$defs"].values()):
        for name, what in part.get("properties", {}).items():
            assert what.get("description"), name


def test_the_page_of_the_schema_is_that_of_the_code():
    assert DOCS.read_text(encoding="utf-8") == schema_page()
