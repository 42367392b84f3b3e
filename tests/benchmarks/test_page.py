"""The page of benchmarks says what pytest-benchmark measured, and nothing else."""

import json
from pathlib import Path

import pytest

from bench.errors import BenchError
from tests.benchmarks.page import merge, read_measurements, write_benchmarks

ROWS = [{"share": "0.8"}, {"share": "0.9", "of": "x"}]


def entry(name: str, median: float, peer: str = "", group: str = "augment", **extra) -> dict:
    stats = {"median": median, "q1": 0.9 * median, "q3": 1.1 * median, "rounds": 7}
    extra |= {"peer": peer} if peer else {}
    return {"group": group, "name": name, "extra_info": extra, "stats": stats}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    report = {
        "datetime": "2026-01-02T03:04:05",
        "machine_info": {
            "machine": "x86_64",
            "python_version": "3.11.7",
            "cpu": {"brand_raw": "Test processor", "count": 2},
        },
        "commit_info": {"id": "0123456789", "dirty": True},
        "benchmarks": [
            entry("test_slow_peer", 0.4, "Slow 1.0"),
            entry("test_in_memory", 0.01, images=1024, rows=ROWS),
            entry("test_fast_peer", 0.2, "Fast 2.0"),
            entry("test_help", 0.3, group="start"),
        ],
    }
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report))
    return path


def test_ours_is_held_against_the_fastest_peer(source: Path, tmp_path: Path) -> None:
    page = write_benchmarks([source], tmp_path).read_text()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    assert ["in memory", "—", "10 ms", "9 ms to 11 ms", "7", "102,400", "20.00 ×"] in rows
    assert ["fast peer", "Fast 2.0", "200 ms", "180 ms to 220 ms", "7", "—", "—"] in rows
    assert ["help", "—", "300 ms", "270 ms to 330 ms", "7", "—", "—"] in rows
    assert "Test processor, 2 cores, Python 3.11.7, commit 01234567 with uncommitted" in page


def test_rows_of_a_benchmark_become_a_table(source: Path, tmp_path: Path) -> None:
    lines = write_benchmarks([source], tmp_path).read_text().splitlines()
    start = next(
        n for n, line in enumerate(lines) if line.split() == ["|", "share", "|", "of", "|"]
    )
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[start + 2 :][:2]]
    assert cells == [["0.8", "—"], ["0.9", "x"]]


def test_measurements_stand_by_group_the_fastest_first(source: Path) -> None:
    _, measurements = read_measurements(source)
    names = [m.name for m in measurements]
    assert names == ["in memory", "fast peer", "slow peer", "help"]


@pytest.mark.parametrize("text", ["", "{}", '{"benchmarks": [1]}'])
def test_other_file_is_named_with_the_fix(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(BenchError, match=r"other\.json is no file of pytest-benchmark"):
        read_measurements(path)
    with pytest.raises(BenchError, match=r"cannot read .*: No such file"):
        read_measurements(tmp_path / "none.json")


def test_later_run_takes_the_place_of_whole_groups(source: Path, tmp_path: Path) -> None:
    report = json.loads(source.read_text())
    later = tmp_path / "later.json"
    report |= {"datetime": "2026-02-03", "benchmarks": [entry("test_new", 0.2, group="start")]}
    later.write_text(json.dumps(report))
    places, measurements = merge([read_measurements(source), read_measurements(later)])
    assert [m.name for m in measurements] == ["in memory", "fast peer", "slow peer", "new"]
    assert [place.split()[-1] for place in places] == ["2026-01-02.", "2026-02-03."]
