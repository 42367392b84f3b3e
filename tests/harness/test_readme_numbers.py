"""The table of the README says what the records say."""

import json
import re
from pathlib import Path
from statistics import mean, stdev

from scipy.stats import t

from bench.approaches.registry import APPROACHES
from bench.records.record import RunRecord
from bench.records.store import RunStore

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(\w+)`: .*? \| (.*) \| (.*) \| (.*) \| (.*) \|$", re.MULTILINE)
NOT_RUN = "not run yet"


def measured(records: list[RunRecord]) -> str:
    """Mean and half of its 95 % interval, in per cent."""
    values = [100 * record.test.accuracy for record in records]
    if not values:
        return NOT_RUN
    half = t.ppf(0.975, len(values) - 1) * stdev(values) / len(values) ** 0.5
    return f"{mean(values):.2f} ± {half:.2f} %"


def test_table_follows_from_the_records() -> None:
    found = {name: rest for name, *rest in ROW.findall((ROOT / "README.md").read_text())}
    assert set(found) == {approach.name for approach in APPROACHES}
    records = [record for _, record in RunStore(ROOT / "results").runs()]
    board = json.loads((ROOT / "results" / "leaderboard.json").read_text())
    verdicts = {
        row["approach"]: row["verdict"]
        for section in board["sections"]
        if (section["tier"], section["code_version"]) == ("full", 2)
        for row in section["rows"]
        if row["registered"]
    }
    for approach in APPROACHES:
        stated = approach.documented_value("test_accuracy")
        assert stated is not None
        of_version = {
            version: [
                record
                for record in records
                if (record.approach, record.tier.name, record.code_version)
                == (approach.name, "full", version)
            ]
            for version in (1, 2)
        }
        assert found[approach.name] == [
            f"{100 * stated.value:.4g} %",
            measured(of_version[2]),
            verdicts.get(approach.name) or "—",
            measured(of_version[1]),
        ]
