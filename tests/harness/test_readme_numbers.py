"""The table of the README says what the records say."""

import re
from pathlib import Path
from statistics import mean, stdev

from scipy.stats import t

from bench.approaches.registry import APPROACHES
from bench.records.store import RunStore

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(\w+)`: .*? \| ([\d.]+) % \| ([\d.]+) ± ([\d.]+) % \|$", re.MULTILINE)


def test_table_follows_from_the_records() -> None:
    found = {name: rest for name, *rest in ROW.findall((ROOT / "README.md").read_text())}
    assert set(found) == {approach.name for approach in APPROACHES}
    records = [record for _, record in RunStore(ROOT / "results").runs()]
    for approach in APPROACHES:
        documented, measured, half = map(float, found[approach.name])
        stated = approach.documented_value("test_accuracy")
        assert stated is not None
        assert documented == round(100 * stated.value, 2)
        accuracies = [
            100 * record.test.accuracy
            for record in records
            if (record.approach, record.tier.name, record.code_version)
            == (approach.name, "full", 1)
        ]
        n = len(accuracies)
        assert measured == round(mean(accuracies), 2)
        assert half == round(t.ppf(0.975, n - 1) * stdev(accuracies) / n**0.5, 2)
