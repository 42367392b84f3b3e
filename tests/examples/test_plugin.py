"""The plug-in of `examples/` walks through every door: listed, run, tracked and on every page."""

import json
from pathlib import Path

import pytest

from tests.support.plugins import PLUGIN, install, run_bench, write_entry_points

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(PLUGIN, tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("approaches", "thumbnail_neighbours"),
        ("models", "thumbnail_cnn"),
        ("estimators", "neighbours"),
        ("trackers", "lines"),
        ("datasets", "gratings"),
        ("claims", "neighbours-notes"),
    ],
)
def test_plugin_is_listed(site: Path, tmp_path: Path, what: str, name: str) -> None:
    done = run_bench("list", what, "--json", site=site, folder=tmp_path)
    assert done.stderr == ""
    assert name in [entry["name"] for entry in json.loads(done.stdout)]


def test_plugin_runs_and_stands_on_leaderboard_and_report(site: Path, tmp_path: Path) -> None:
    done = run_bench(
        *("run", "--tier", "smoke", "--approach", "thumbnail_*", "--tracker", "lines"),
        *("--results", "results"),
        site=site,
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    board = (tmp_path / "results" / "leaderboard.md").read_text()
    assert "CNN on thumbnails |" in board
    assert "Nearest neighbours on VGG-19 |" in board
    lines = (tmp_path / "results" / "trackers" / "lines" / "lines.txt").read_text()
    assert lines.count("end {") == 2
    assert lines.count("thumbnail_cnn") == 2
    done = run_bench("report", "--results", "results", site=site, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "results" / "report" / "index.html").read_text()
    assert "by hand: 3 x 3 x 3 x 16 + 16, and 6 x 6 x 16 x 100 + 100" in page
    assert "Nearest neighbours on VGG-19" in page
    done = run_bench("verify", "--results", "results", site=site, folder=tmp_path)
    assert done.returncode == 0, done.stdout


def test_data_set_of_a_plugin_is_shown_with_its_own_names(site: Path, tmp_path: Path) -> None:
    done = run_bench(
        *("run", "--tier", "smoke", "--approach", "thumbnail_cnn", "--dataset", "gratings"),
        *("--results", "results"),
        site=site,
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "## Gratings" in (tmp_path / "results" / "leaderboard.md").read_text()
    done = run_bench("report", "--results", "results", site=site, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "162 degrees" in (tmp_path / "results" / "report" / "index.html").read_text()


def test_broken_plugin_costs_one_line(tmp_path: Path) -> None:
    site = tmp_path / "site"
    groups = {"cifar100_bench.approaches": {"ruin": "ruin_of_a_plugin:APPROACH"}}
    write_entry_points(site, "ruin", groups)
    (site / "ruin_of_a_plugin.py").write_text("raise RuntimeError('gone\\nto ruin')\n")
    done = run_bench("list", "approaches", site=site, folder=tmp_path)
    assert done.returncode == 0
    assert "basic_cnn" in done.stdout
    assert done.stderr == (
        "bench: approach plug-in 'ruin' (ruin_of_a_plugin:APPROACH) is left out: "
        "RuntimeError: gone to ruin\n"
    )


OWN = """
from bench.approaches.approach import Approach
from bench.approaches.recipes import NetworkRecipe, Optimizer, Split


def network(input_shape, num_classes):
    import keras

    return keras.Sequential([
        keras.Input(input_shape),
        keras.layers.AveragePooling2D(8),
        keras.layers.Flatten(),
        keras.layers.Dense(num_classes, activation="softmax"),
    ])


APPROACH = Approach(
    name="my_own",
    title="My own",
    model="mine:network",
    recipe=NetworkRecipe(Split("tail", 0.2), Optimizer(), batch_size=32, epochs=1),
)
"""


def test_plain_file_of_the_current_folder_runs_in_worker_processes(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN)
    done = run_bench(
        *("run", "--tier", "smoke", "--approach", "mine:APPROACH", "--results", "results"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "my_own" in done.stdout
    assert "my_own" in (tmp_path / "results" / "leaderboard.md").read_text()
    done = run_bench("report", "--results", "results", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_plugin_passes_the_checks_and_a_faulty_file_fails_by_name(
    site: Path, tmp_path: Path
) -> None:
    done = run_bench("check", "--approach", "thumbnail_neighbours", site=site, folder=tmp_path)
    assert (done.returncode, "FAILED" in done.stdout) == (0, False), done.stdout
    (tmp_path / "mine.py").write_text(OWN.replace('"softmax"', "None"))
    done = run_bench("check", "--approach", "mine:APPROACH", folder=tmp_path)
    assert done.returncode == 1
    assert "FAILED  model_gives_probabilities" in done.stdout
