"""Merged results: all records, one chain that holds, and no conflict passed over."""

import json
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.records.ledger import breaks
from bench.records.merging import merge
from bench.records.store import RECORD, RunStore
from tests.support.factories import make_predictions, make_record


def write(root: Path, seed: int, **changes: object) -> Path:
    store = RunStore(root)
    record = make_record(seed=seed, key=f"{seed:012x}", **changes)
    folder = store.folder_of(record)
    store.write(folder, record, make_predictions())
    return folder


def keys(root: Path) -> list[str]:
    return sorted(record.key for _, record in RunStore(root).runs())


def test_all_records_and_failures_are_there_and_the_chain_holds(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, 0)
    folder = write(b, 1)
    RunStore(b).fail(folder.with_name("seed2-abc"), started="2026-01-01", commit=None, reason="NaN")
    head = RunStore(a).ledger.entries()[-1].hash
    there = RunStore(b).ledger.entries()[0].hash
    merged = merge([b], a)
    entries = RunStore(a).ledger.entries()
    assert (merged.records, merged.failures) == (1, 1)
    assert keys(a) == ["0" * 12, "000000000001"]
    assert breaks(entries) == []
    assert [entry.outcome for entry in entries] == ["recorded", "adopted", "failed"]
    assert entries[0].hash == head
    assert there[:12] in entries[1].reason
    assert (a / folder.relative_to(b) / RECORD).read_bytes() == (folder / RECORD).read_bytes()


def test_merging_again_adds_nothing(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, 0)
    folder = write(b, 1)
    RunStore(b).fail(folder.with_name("seed2-abc"), started="2026-01-01", commit=None, reason="NaN")
    merge([b], a)
    before = (a / "ledger.jsonl").read_bytes()
    again = merge([b], a)
    assert (again.records, again.failures) == (0, 0)
    assert (a / "ledger.jsonl").read_bytes() == before


def test_new_folder_goes_on_from_the_first_chain(tmp_path: Path) -> None:
    a, b, c = (tmp_path / name for name in "abc")
    write(a, 0)
    write(b, 1)
    merge([a, b], c)
    heads = [entry.hash for entry in RunStore(c).ledger.entries()]
    assert heads[0] == RunStore(a).ledger.entries()[0].hash
    assert keys(c) == sorted(keys(a) + keys(b))
    assert keys(a) == ["0" * 12]


def test_run_that_was_set_aside_stays_aside(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, 0)
    RunStore(b).set_aside(write(b, 1), "withdrawn", "wrong images")
    merge([b], a)
    assert keys(a) == ["0" * 12]
    (aside,) = RunStore(a).aside()
    assert aside.outcome == "withdrawn"
    assert "wrong images" in aside.reason


@pytest.mark.promise("folders that are merged contradict each other", "named; nothing is written")
def test_conflicting_records_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, 0)
    write(b, 0, started="2020-01-01T00:00:00+00:00")
    write(b, 1)
    before = sorted(path.read_bytes() for path in a.rglob("*.*") if path.is_file())
    merged = merge([b], a)
    assert len(merged.conflicts) == 1
    assert "seed0-000000000000: " in merged.conflicts[0]
    assert sorted(path.read_bytes() for path in a.rglob("*.*") if path.is_file()) == before


@pytest.mark.parametrize("what", ["missing", "itself", "chain", "predictions", "unlisted"])
def test_bad_folders_are_refused(tmp_path: Path, what: str) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, 0)
    folder = write(b, 1)
    said = {
        "missing": "there is no record in",
        "itself": "is given twice",
        "chain": "line 1",
        "predictions": "is damaged",
        "unlisted": "does not list",
    }
    source = {"missing": tmp_path / "none", "itself": a}.get(what, b)
    if what == "chain":
        path = b / "ledger.jsonl"
        entry = json.loads(path.read_text()) | {"reason": "changed"}
        path.write_text(json.dumps(entry) + "\n")
    if what == "predictions":
        (folder / "predictions.npz").write_bytes(b"other")
    if what == "unlisted":
        (b / "ledger.jsonl").write_text("")
    with pytest.raises(BenchError, match=said[what]) as raised:
        merge([source], a)
    assert "\n" not in str(raised.value)
    assert keys(a) == ["0" * 12]
