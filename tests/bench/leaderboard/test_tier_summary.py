"""What a tier came to, on the terminal and on the page of a workflow's run."""

from pathlib import Path

import pytest

from bench.leaderboard import tier_summary
from bench.leaderboard.build import build
from bench.records.store import RunStore
from tests.support.factories import APPROACHES, write_run


def test_names_scores_and_verdicts_go_to_the_workflow_s_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RunStore(tmp_path)
    for seed, accuracy in enumerate((0.39, 0.40, 0.41)):
        write_run(store, accuracy, seed=seed)
    (section,) = build(store, APPROACHES).sections
    (row,) = section.rows
    part = tier_summary.of_section(section)
    heading, line = tier_summary.lines(part)
    assert heading.startswith("CIFAR-100, full tier")
    name, *measured, verdict = line.split()
    assert (name, measured) == ("plain", ["40.00", "±", "2.48", "%"])
    assert row.verdict is None or verdict == row.verdict.value
    page = tmp_path / "summary.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    tier_summary.publish([part])
    assert page.read_text().startswith("before\n# CIFAR-100, full tier")
    assert "| plain" in page.read_text()
    assert "40.00 ± 2.48 %" in page.read_text()


def test_nothing_is_written_where_this_is_no_workflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path)
    tier_summary.publish([tier_summary.of_scores("smoke", {"plain": [0.01]})])
    assert not list(tmp_path.iterdir())


def test_tier_without_a_leaderboard_lists_its_approaches() -> None:
    part = tier_summary.of_scores("smoke", {"one": [0.02, 0.01], "other": [0.01]})
    assert tier_summary.lines(part) == [
        "smoke tier, whose scores mean nothing:",
        f"  {'one':<36} {'2.00 % 1.00 %':>18}  —",
        f"  {'other':<36} {'1.00 %':>18}  —",
    ]
