"""The wheel, installed outside the tree, and what the source archive holds."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and source archive of this tree; nothing is fetched."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def tracked(*folders: str) -> set[str]:
    done = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("this is no checkout")
    return set(done.stdout.splitlines())


def test_wheel_works_outside_the_tree(built: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(site)

    def bench(*arguments: str) -> str:
        code = "import sys; from bench.__main__ import main; sys.argv[0] = 'bench'; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert bench("--version") == f"bench {version}\n"
    assert "vgg19_96_forest" in bench("list")
    bench("run", "--tier", "smoke", "--approach", "basic_cnn")
    bench("report")
    assert (tmp_path / "runs" / "report" / "index.html").is_file()
    shown = bench("demo")
    assert "verified 1 record: 0 problems" in shown
    assert "open runs/report/index.html" in shown


def test_wheel_holds_every_file_of_the_packages_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == tracked("bench", "datasets", "models")


def test_source_archive_holds_all_that_the_smoke_tier_reads(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert tracked() <= held
