"""Supplied predictions stand beside runs: with intervals and paired tests, without a verdict."""

import json
from pathlib import Path

import numpy as np
import pytest

from datasets import load_dataset


@pytest.fixture(autouse=True)
def _away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no committed results are read beside one's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """Of the smoke tier's test images, nine of ten right."""
    label = load_dataset("shapes100", per_class=(1, 1)).test.fine
    likely = np.full((len(label), 100), 0.1 / 99)
    named = np.where(np.arange(len(label)) % 10 == 0, (label + 1) % 100, label)
    likely[np.arange(len(label)), named] = 0.9
    np.savez(tmp_path / "p.npz", probabilities=likely, label=label)
    return tmp_path / "p.npz"


def test_row_is_marked_tested_and_not_judged(bench, results: Path, predictions: Path) -> None:
    code, out, err = bench(
        *("score", predictions, "--name", "elsewhere", "--tier", "smoke", "--results", results)
    )
    assert (code, err) == (0, "")
    assert "elsewhere" in out
    board = json.loads((results / "leaderboard.json").read_text())
    section = next(s for s in board["sections"] if s["synthetic"])
    rows = {row["approach"]: row for row in section["rows"]}
    ours = rows["elsewhere"]
    assert ours["accuracy"]["mean"] == 0.9
    assert 0.82 < ours["test_interval"][0] < 0.9 < ours["test_interval"][1] < 0.95
    assert ours["verdict"] is None
    # One image a class leaves the network near 1 of 100: significantly different.
    assert (ours["rank"], rows["basic_cnn"]["rank"], ours["tied"]) == (1, 2, False)
    assert not any("paired" in note for note in section["notes"])
    assert "elsewhere (predictions supplied)" in (results / "leaderboard.md").read_text()
    assert bench("verify", "--results", results)[0] == 0


@pytest.mark.pages
def test_report_says_that_they_were_supplied(bench, results: Path, predictions: Path) -> None:
    scored = ("score", predictions, "--name", "elsewhere", "--tier", "smoke")
    assert bench(*scored, "--results", results)[0] == 0
    assert bench("report", "--results", results)[0] == 0
    assert "(predictions supplied)" in (results / "report" / "index.html").read_text()


def test_the_very_same_again_is_recorded_once(bench, tmp_path: Path, predictions: Path) -> None:
    arguments = ("score", predictions, "--name", "twice", "--tier", "smoke", "--results", tmp_path)
    assert [bench(*arguments)[0] for _ in range(2)] == [0, 0]
    assert len(list(tmp_path.rglob("record.json"))) == 1
    assert len((tmp_path / "ledger.jsonl").read_text().splitlines()) == 1
    assert bench("verify", "--results", tmp_path)[0] == 0


def test_scored_again_sets_the_first_aside(bench, tmp_path: Path, predictions: Path) -> None:
    arguments = ("score", predictions, "--name", "twice", "--tier", "smoke", "--results", tmp_path)
    assert bench(*arguments)[0] == 0
    with np.load(predictions) as before:
        np.savez(predictions, probabilities=before["probabilities"][:, ::-1])
    assert bench(*arguments)[0] == 0
    assert len(list((tmp_path / "runs").rglob("record.json"))) == 1
    assert len(list((tmp_path / "set-aside").rglob("record.json"))) == 1
    assert bench("verify", "--results", tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [("basic_cnn", "is that of an approach"), ("../up", "give lower case letters")],
)
def test_name_must_be_free_and_plain(
    bench, tmp_path: Path, predictions: Path, name: str, message: str
) -> None:
    code, _, err = bench("score", predictions, "--name", name, "--tier", "smoke")
    assert code == 2
    assert message in err


def test_predictions_of_other_images_are_refused(bench, tmp_path: Path) -> None:
    """Of the full tier, say; the smoke tier has few images, which are drawn in no time."""
    np.savez(tmp_path / "many.npz", probabilities=np.full((10_000, 100), 0.01, np.float32))
    code, _, err = bench(
        *("score", tmp_path / "many.npz", "--name", "wrong", "--dataset", "shapes100"),
        *("--tier", "smoke", "--results", tmp_path / "r"),
    )
    assert (code, len(err.strip().splitlines())) == (2, 1)
    assert "10000 x 100; 100 x 100 are wanted" in err
