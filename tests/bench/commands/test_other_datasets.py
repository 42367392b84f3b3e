"""Other data sets run like CIFAR-100, and every page says their own names and sizes."""

from pathlib import Path

import pytest

from datasets.cifar10 import loader as cifar10
from tests.support.cifar_files import TinyCifar10
from tests.support.image_folders import COUNTS, write_folder

pytestmark = [pytest.mark.usefixtures("eager"), pytest.mark.pages]


@pytest.fixture(autouse=True)
def _away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))


def run_and_report(bench, name: str, folder: Path) -> tuple[str, str]:
    where = ("--dataset", name, "--data-dir", folder, "--results", "r")
    asked = ("run", "--tier", "smoke", "--approach", "basic_cnn", "--engine", "inline")
    code, _, err = bench(*asked, *where)
    assert code == 0, err
    assert bench("report", *where)[0] == 0
    assert bench("verify", "--results", "r")[0] == 0
    page = Path("r", "report", "index.html").read_text()
    return Path("r", "leaderboard.md").read_text(), page


def test_folder_of_class_folders(bench, tmp_path: Path) -> None:
    board, page = run_and_report(bench, "folder", write_folder(tmp_path / "images"))
    assert "## Folder of images, smoke tier" in board
    assert "3 for the test" in board
    for name in COUNTS:
        assert name in page.replace("_", " ")


def test_cifar10(bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = TinyCifar10()
    monkeypatch.setattr(cifar10, "EDITION", tiny.edition())
    board, page = run_and_report(bench, "cifar10", tiny.write_python(tmp_path / "data"))
    assert "## CIFAR-10, smoke tier" in board
    assert "10 for the test" in board
    for name in tiny.taxonomy.fine_names:
        assert name in page
