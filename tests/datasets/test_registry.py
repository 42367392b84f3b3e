"""Data sets are found by name; what was named and is broken never gives way to another."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from datasets import (
    ENTRIES,
    DataError,
    DatasetEntry,
    ImageDataset,
    Taxonomy,
    find_entry,
    load_dataset,
    load_shapes100,
    taxonomy_of,
)
from datasets.shapes100 import loader as shapes100
from tests.support.image_folders import write_folder

FEW = (2, 1)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """CIFAR-100 is nowhere, and a few shapes stand for all."""
    monkeypatch.setattr(shapes100, "PER_CLASS", FEW)


def test_unknown_name_lists_the_names() -> None:
    with pytest.raises(
        DataError, match="'mnist'; known: auto, cifar100, shapes100, cifar10, folder"
    ):
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


def test_misspelt_name_is_answered_by_the_nearest() -> None:
    with pytest.raises(DataError, match="did you mean 'shapes100'"):
        find_entry("shape100")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_entry_declares_what_its_loader_gives(
    entry: DatasetEntry, tiny, tiny10, tmp_path: Path
) -> None:
    assert entry.title
    assert entry.description
    sources = {
        "cifar100": {"data_dir": tiny.write_binary(tmp_path / "100")},
        "cifar10": {"data_dir": tiny10.write_binary(tmp_path / "10")},
        "shapes100": {"per_class": FEW},
        "folder": {"data_dir": write_folder(tmp_path / "folder")},
    }
    dataset = entry.load(**sources[entry.name])
    assert (dataset.name, dataset.title) == (entry.name, entry.title)
    assert dataset.synthetic == entry.synthetic
    if entry.sizes is None:
        assert entry.taxonomy is None
        return
    assert entry.sizes.classes == dataset.num_classes == len(entry.taxonomy.fine_names)
    assert entry.sizes.image_shape == dataset.input_shape


def foreign(**options: object) -> DatasetEntry:
    """An entry as a package of its own brings it."""

    def load(shade: int = 0) -> ImageDataset:
        made = load_shapes100(per_class=FEW)
        return dataclasses.replace(made, name="theirs", synthetic=False, source=f"shade {shade}")

    return DatasetEntry("theirs", "Theirs", "of a plug-in", load, ("shade",), **options)


def test_entry_from_outside_is_loaded_with_its_own_options() -> None:
    entries = (*ENTRIES, foreign(names=Taxonomy.alone(["cat", "dog"])))
    assert load_dataset("theirs", entries=entries, shade=7).source == "shade 7"
    assert taxonomy_of("theirs", entries).fine_names == ("cat", "dog")
    assert taxonomy_of("theirs") is None


def test_option_that_the_loader_does_not_take_is_refused() -> None:
    with pytest.raises(DataError, match=r"theirs does not take colour \(red\).*takes shade"):
        load_dataset("theirs", entries=(foreign(),), colour="red")


def test_loader_that_contradicts_its_entry_is_refused() -> None:
    with pytest.raises(DataError, match="let entry and loader agree"):
        foreign(synthetic=True).load()


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
