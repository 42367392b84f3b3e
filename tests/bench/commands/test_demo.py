"""What is there without training, in a checkout and outside one."""

import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("eager")

RUN = ("run", "--tier", "smoke", "--approach", "basic_cnn")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of one's own to work in."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_demo_verifies_and_names_what_is_committed(bench, finished: Path, here: Path) -> None:
    shutil.copytree(finished, here / "results")
    page = here / "results" / "report" / "index.html"
    page.parent.mkdir()
    page.write_text("")
    code, out, _ = bench("demo")
    assert code == 0
    assert "verified 1 record: 0 problems\nopen results/report/index.html\n" in out
    assert "basic_cnn" in out
    assert "leaderboard: results/leaderboard.md" in out
    (here / "results" / "leaderboard.md").write_text("edited")
    code, out, _ = bench("demo")
    assert code == 1
    assert "verified 1 record: 1 problem\n" in out
    assert out.endswith("`bench verify --results results` lists them\n")


def test_demo_outside_a_checkout_shows_one_s_own_runs(bench, finished: Path, here: Path) -> None:
    code, _, err = bench("demo")
    assert code == 2
    assert err.startswith("bench: there are no records here; run `bench demo` in a checkout")
    shutil.copytree(finished, here / "runs")
    code, out, _ = bench("demo")
    assert code == 0
    assert "leaderboard: runs/leaderboard.md" in out


def test_run_ends_with_what_is_here_without_training(bench, finished: Path, here: Path) -> None:
    results = Path(shutil.copytree(finished, here / "results"))
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    code, out, _ = bench(*RUN, "--rerun")
    assert code == 0
    # What is committed stays as it is: one's own runs have a folder of their own.
    assert before == {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    assert list((here / "runs").rglob("record.json"))
    assert out.endswith(
        "here without training: results/leaderboard.md; `bench demo` verifies the records\n"
    )
    _, quiet, _ = bench(*RUN, "--quiet")
    assert "without training" not in quiet
    _, named, _ = bench(*RUN, "--results", "results")
    assert "without training" not in named
