"""Results that travel, by their commands on a real folder."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bench.records.store import RunStore
from bench.verification.verify import verify


def test_archive_verifies_after_unpacking_and_is_the_same_every_time(
    bench, results: Path, tmp_path: Path
) -> None:
    (run,) = RunStore(results).folders()
    (run / "checkpoint.npz").write_bytes(b"x")
    (run / "running.json").write_text("{}")
    code, _, err = bench("archive", results, tmp_path / "one.tar.gz")
    assert code == 0, err
    moved = Path(shutil.copytree(results, tmp_path / "elsewhere"))
    bench("archive", moved, tmp_path / "two.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "xzf", tmp_path / "one.tar.gz", "-C", unpacked], check=True)
    names = {path.name for path in unpacked.rglob("*") if path.is_file()}
    assert {"record.json", "predictions.npz", "ledger.jsonl", "leaderboard.md"} <= names
    assert not names & {"trained.weights.npz", "checkpoint.npz", "running.json"}
    assert not any(name.endswith(".lock") for name in names)
    assert verify(RunStore(unpacked / "results")) == []


def test_archive_refuses_what_does_not_verify(bench, results: Path, tmp_path: Path) -> None:
    (results / "leaderboard.md").write_text("edited")
    code, _, err = bench("archive", results, tmp_path / "one.tar.gz")
    assert code == 2
    assert "1 problem in" in err
    assert not (tmp_path / "one.tar.gz").exists()


def test_archive_refuses_another_name(bench, results: Path, tmp_path: Path) -> None:
    code, _, err = bench("archive", results, tmp_path / "one.zip")
    assert code == 2
    assert "does not end in .tar.gz" in err


def test_collect_redraws_and_verifies(bench, results: Path) -> None:
    (results / "leaderboard.md").unlink()
    code, out, err = bench("collect", "--results", results)
    assert code == 0, out + err
    assert (results / "leaderboard.md").exists()
    assert "1 finished" in out


def test_collect_names_a_record_that_was_changed(bench, results: Path) -> None:
    (run,) = RunStore(results).folders()
    path = run / "record.json"
    path.write_text(path.read_text().replace('"attempts": 1', '"attempts": 2'))
    code, out, _ = bench("collect", "--results", results)
    assert code == 1
    assert "an entry in the ledger" in out


def test_status_as_text_and_json(bench, results: Path) -> None:
    code, out, _ = bench("status", "--results", results)
    assert code == 0
    assert "0 waiting, 0 running, 1 finished, 0 failed" in out
    code, out, _ = bench("status", "--results", results, "--json")
    (one,) = json.loads(out)
    assert (one["approach"], one["state"]) == ("basic_cnn", "finished")


@pytest.mark.parametrize(
    "command", [["status", "--results"], ["collect", "--results"], ["archive"]]
)
def test_folder_that_is_not_there_is_refused(bench, tmp_path: Path, command: list[str]) -> None:
    more = [tmp_path / "x.tar.gz"] if command == ["archive"] else []
    code, _, err = bench(*command, tmp_path / "none", *more)
    assert code == 2
    assert len(err.strip().splitlines()) == 1


def test_merge_into_a_new_folder_verifies(bench, results: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(results, tmp_path / "other"))
    code, out, err = bench("merge", results, other, "--into", tmp_path / "all")
    assert code == 0, err
    assert "merged 1 record and 0 failed attempts" in out
    assert verify(RunStore(tmp_path / "all")) == []


def test_merge_of_one_folder_is_refused(bench, results: Path) -> None:
    code, _, err = bench("merge", results)
    assert code == 2
    assert "two or more" in err


def test_bad_shard_is_refused_before_any_work(bench, tmp_path: Path) -> None:
    code, _, err = bench("run", "--tier", "smoke", "--shard", "5/4", "--results", tmp_path)
    assert code == 2
    assert "is no shard" in err
