"""Results from Python say what the leaderboard's file says."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest

import bench as package
from bench import api
from bench.errors import BenchError


def test_table_has_the_numbers_of_the_leaderboard(results: Path) -> None:
    (section,) = json.loads((results / "leaderboard.json").read_text())["sections"]
    (expected,) = section["rows"]
    (line,) = api.load(results).leaderboard().to_dict("records")
    assert line["approach"] == "basic_cnn"
    assert line["accuracy"] == expected["accuracy"]["mean"]
    assert [line["low"], line["high"]] == list(expected["test_interval"])
    assert line["parameters"] == 184_004


def test_notebook_shows_the_table(results: Path) -> None:
    shown = api.load(results)._repr_html_()
    assert shown.startswith("<table")
    assert "basic_cnn" in shown


def test_run_finds_what_is_recorded(results: Path) -> None:
    before = [record.started for record in api.load(results).records]
    found = api.run("basic_cnn", tier="smoke", results=results)
    assert [record.started for record in found.records] == before


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="there is no folder"):
        api.load(tmp_path / "nowhere")


def test_version_is_that_of_the_package() -> None:
    assert package.__version__ == version("cifar100-bench")
