"""What a newcomer types: packages of `examples/` go into a fresh environment by pip, and run."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.support.plugins import PLUGIN, REPORT, ROOT

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with this project and both examples installed by pip.

    What they depend on is read from where the tests run, so that nothing is fetched.
    """
    pytest.importorskip("hatchling", reason="nothing can be built without hatchling")
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    (site,) = folder.glob("lib/python*/site-packages")
    outside = [place for place in sys.path if place.endswith("site-packages")]
    (site / "outside.pth").write_text("\n".join(outside) + "\n")
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--force-reinstall"]
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", ROOT, PLUGIN, REPORT],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    return folder


def typed(environment: Path, folder: Path, *words: str) -> str:
    done = subprocess.run(
        [environment / "bin" / "bench", *words],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_approaches_are_listed_and_run(environment: Path, tmp_path: Path) -> None:
    listed = typed(environment, tmp_path, "list", "approaches")
    assert "thumbnail_cnn" in listed
    assert "statlearning_cnn" in listed
    typed(environment, tmp_path, "run", "--tier", "smoke", "--approach", "thumbnail_*")
    board = (tmp_path / "runs" / "leaderboard.md").read_text()
    assert "CNN on thumbnails |" in board
    assert "Nearest neighbours on VGG-19 |" in board
