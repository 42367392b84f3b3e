"""Data sets are found by name; what was named and is broken never gives way to another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from datasets import DATASETS, DataError, load_dataset, loading

FEW = (2, 1)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """CIFAR-100 is nowhere, and a few shapes stand for all."""
    monkeypatch.setattr(loading, "PER_CLASS", FEW)


def test_unknown_name_lists_the_names() -> None:
    with pytest.raises(DataError, match="'mnist'; choose one of auto, cifar100, shapes100"):
        load_dataset("mnist")


@pytest.mark.parametrize("name", ["auto", "cifar100"])
def test_given_folder_is_read(tiny, tmp_path: Path, name: str) -> None:
    folder = tiny.write_binary(tmp_path / "data")
    assert load_dataset(name, data_dir=folder).name == "cifar100"


def test_auto_falls_back_to_shapes_and_says_why(offline: None, caplog) -> None:
    assert load_dataset(download=False).name == "shapes100"
    assert len(caplog.messages) == 1
    assert "shapes100 instead of CIFAR-100: no CIFAR-100 in Keras' cache" in caplog.text


@pytest.mark.parametrize("how", ["argument", "environment"])
@pytest.mark.parametrize("fault", ["missing", "cut"])
def test_auto_never_hides_a_broken_folder(
    tiny, offline: None, tmp_path: Path, monkeypatch, how: str, fault: str
) -> None:
    folder = tiny.write_binary(tmp_path / "data")
    if fault == "missing":
        folder = tmp_path / "elsewhere"
    else:
        (folder / "test.bin").write_bytes(b"cut")
    if how == "environment":
        monkeypatch.setenv("CIFAR100_DIR", str(folder))
    with pytest.raises(DataError, match=r"does not exist|test\.bin"):
        load_dataset("auto", data_dir=folder if how == "argument" else None)


def test_cifar100_by_name_never_becomes_shapes(offline: None) -> None:
    with pytest.raises(DataError, match="CIFAR100_DIR"):
        load_dataset("cifar100", download=False)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("shapes100", {"data_dir": Path("data")}), ("cifar100", {"per_class": FEW})],
)
def test_argument_of_the_other_data_set_is_refused(name: str, arguments) -> None:
    with pytest.raises(DataError, match="leave"):
        load_dataset(name, **arguments)


def test_entries_are_described_and_unique() -> None:
    assert len({entry.name for entry in DATASETS}) == len(DATASETS)
    assert all(entry.description for entry in DATASETS)


def test_import_brings_in_no_heavy_package() -> None:
    code = (
        "import sys, datasets, datasets.augmentation.parameters; "
        "print(sorted({'keras', 'tensorflow', 'jax', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
