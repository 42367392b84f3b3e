"""Other data sets run like CIFAR-100, and every page says their own names and sizes."""

import dataclasses
import re
from pathlib import Path

import pytest

from bench.registry import Registry
from bench.verification import record_checks
from datasets import find_entry
from datasets.cifar10 import loader as cifar10
from tests.support.cifar_files import TinyCifar10
from tests.support.image_folders import COUNTS, write_folder

# Each trains, and draws two pages.
pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("eager")]
TIERS = pytest.mark.parametrize("tier", ["smoke", "short"])


@pytest.fixture(autouse=True)
def _away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))


def pages_of(bench, tier: str, name: str, folder: Path) -> dict[str, str]:
    """What `run`, `report` and `explore` write, as a user types them."""
    where = ("--dataset", name, "--data-dir", folder, "--results", "r")
    asked = ("run", "--tier", tier, "--approach", "basic_cnn", "--engine", "inline")
    for command in (asked, ("report",), ("explore",)):
        code, _, err = bench(*command, *where)
        assert code == 0, err
    assert bench("verify", "--results", "r")[0] == 0
    files = {
        "board": "leaderboard.md",
        "report": "report/index.html",
        "explore": "explore/README.md",
    }
    pages = {page: Path("r", file).read_text() for page, file in files.items()}
    for page, text in pages.items():
        visible = re.sub(r"<(style|script).*?</\1>", "", text, flags=re.S)
        for foreign in ("CIFAR-100", "100 classes", "50,000", "superclass", "student"):
            assert foreign not in visible, (page, foreign)
    return pages


@TIERS
def test_folder_of_class_folders(bench, tmp_path: Path, tier: str) -> None:
    pages = pages_of(bench, tier, "folder:image_size=36", write_folder(tmp_path / "images"))
    assert f"## Folder of images, {tier} tier" in pages["board"]
    assert "resized to 36 x 36 pixels" in pages["board"]
    # A fifth of 10, 5 and 15 images; the smoke tier takes one of each.
    assert f"{3 if tier == 'smoke' else 6} for the test" in pages["board"]
    assert "Folder of images benchmark report" in pages["report"]
    for name in COUNTS:
        assert name in pages["report"].replace("_", " ")
    assert "36 × 36 pixels" in pages["explore"]
    assert "| classes | 3 |" in re.sub(" +", " ", pages["explore"])


@TIERS
def test_cifar10(bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tier: str) -> None:
    tiny = TinyCifar10()
    monkeypatch.setattr(cifar10, "EDITION", tiny.edition())
    # What is verified are counts per class, which the real data set declares.
    entries = [dataclasses.replace(find_entry("cifar10"), sizes=tiny.sizes)]
    monkeypatch.setattr(
        record_checks, "installed_datasets", lambda: Registry("data set", tuple(entries))
    )
    pages = pages_of(bench, tier, "cifar10", tiny.write_python(tmp_path / "data"))
    assert f"## CIFAR-10, {tier} tier" in pages["board"]
    assert "CIFAR-10 benchmark report" in pages["report"]
    for name in tiny.taxonomy.fine_names:
        assert name in pages["report"]
    assert "| classes | 10 |" in re.sub(" +", " ", pages["explore"])
