"""The short tier scores alike on TensorFlow and JAX, whichever computed it here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import mean

import pytest

from bench.records.record import RunRecord

# Each backend draws its own dropout masks, so that its run is another run of the same recipe: the
# short tier's runs of one approach lie within 4 points (SD 1 to 2). What trains on one backend
# alone, as a head whose gradient vanishes, is off by far more.
BOUND = 0.06
BACKENDS = ("tensorflow", "jax")


@pytest.mark.short
@pytest.mark.parametrize("tier_records", ["short"], indirect=True)
def test_short_tier_scores_alike_on_both_backends(
    tier_records: dict[str, list[RunRecord]], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    if not all(map(find_spec, BACKENDS)):
        pytest.skip("needs both backends")
    (other,) = set(BACKENDS) - {os.environ["KERAS_BACKEND"]}
    names = [part for name in tier_records for part in ("--approach", name)]
    options = [
        part
        for name in ("dataset", "data_dir", "weights")
        if (value := pytestconfig.getoption(name)) is not None
        for part in (f"--{name.replace('_', '-')}", str(value))
    ]
    seeds = max(len(records) for records in tier_records.values())
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench", "run", "--tier", "short", "--backend", other),
            *("--seeds", str(seeds), "--results", str(tmp_path / "runs"), *names, *options),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    theirs: dict[str, list[float]] = {}
    for path in (tmp_path / "runs" / "runs").rglob("record.json"):
        record = json.loads(path.read_text())
        assert record["environment"]["backend"].startswith(other)
        theirs.setdefault(record["approach"], []).append(record["test"]["accuracy"])
    assert set(theirs) == set(tier_records)
    for name, records in tier_records.items():
        ours = mean(record.test.accuracy for record in records)
        assert mean(theirs[name]) == pytest.approx(ours, abs=BOUND), name
