"""CIFAR-10 is read from both layouts by the code that reads CIFAR-100, each file verified."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

import numpy as np
import pytest

from datasets import DataError, audit, load_cifar10, load_dataset
from tests.support.cifar_files import TinyCifar10

BOTH = pytest.mark.parametrize("layout", ["python", "binary"])


def write(tiny10: TinyCifar10, layout: str, folder: Path) -> Path:
    return getattr(tiny10, f"write_{layout}")(folder)


@BOTH
def test_batches_are_read_in_order_as_written(
    tiny10: TinyCifar10, tmp_path: Path, layout: str
) -> None:
    dataset = load_dataset("cifar10", data_dir=write(tiny10, layout, tmp_path / "data"))
    for read, written in ((dataset.train, tiny10.train), (dataset.test, tiny10.test)):
        for field in ("images", "fine"):
            np.testing.assert_array_equal(getattr(read, field), getattr(written, field))
        np.testing.assert_array_equal(read.coarse, written.fine)
    assert audit(dataset) == []


def test_first_record_of_the_binary_layout_is_label_then_planes(
    tiny10: TinyCifar10, tmp_path: Path
) -> None:
    folder = tiny10.write_binary(tmp_path / "data")
    raw = (folder / "data_batch_2.bin").read_bytes()
    image, label = load_cifar10(folder).train.images[10], load_cifar10(folder).train.fine[10]
    assert len(raw) == 10 * 3073
    assert raw[0] == label
    # The second pixel of the first row: one byte into each plane of 1,024.
    assert [raw[1 + 1024 * plane + 1] for plane in range(3)] == image[0, 1].tolist()


def test_names_are_its_own_and_no_superclass_joins_them(
    tiny10: TinyCifar10, tmp_path: Path
) -> None:
    dataset = load_cifar10(tiny10.write_python(tmp_path / "data"))
    assert dataset.title == "CIFAR-10"
    assert dataset.fine_names[:2] == ("airplane", "automobile")
    assert dataset.num_classes == 10
    assert not dataset.taxonomy.has_superclasses


@pytest.mark.parametrize("where", ["argument", "environment", "keras"])
def test_files_are_found(tiny10: TinyCifar10, tmp_path: Path, monkeypatch, where: str) -> None:
    below = "keras/datasets/cifar-10-batches-py-target" if where == "keras" else "data"
    tiny10.write_python(tmp_path / below / "cifar-10-batches-py")
    if where == "environment":
        monkeypatch.setenv("CIFAR10_DIR", str(tmp_path / "data"))
    given = tmp_path / "data" if where == "argument" else None
    assert len(load_cifar10(given, download=False).train) == 50


@BOTH
@pytest.mark.parametrize("fault", ["missing", "cut", "altered"])
def test_faulty_batch_is_refused(
    tiny10: TinyCifar10, tmp_path: Path, layout: str, fault: str
) -> None:
    folder = write(tiny10, layout, tmp_path / "data")
    batch = folder / ("data_batch_3" if layout == "python" else "data_batch_3.bin")
    raw = bytearray(batch.read_bytes())
    if fault == "missing":
        batch.unlink()
    else:
        # A whole colour plane, as one pixel is below what channel means can show.
        raw[1 : 1 + 1024] = bytes(1024)
        batch.write_bytes(raw[:-1] if fault == "cut" else raw)
    with pytest.raises(DataError, match=r"data_batch_3|channel means"):
        load_cifar10(folder)


@pytest.mark.parametrize("fault", ["label", "name"])
def test_binary_layout_without_checksum_is_held_to_balance_and_names(
    tiny10: TinyCifar10, tmp_path: Path, fault: str
) -> None:
    folder = tiny10.write_binary(tmp_path / "data")
    if fault == "label":
        raw = bytearray((folder / "test_batch.bin").read_bytes())
        raw[0] = (raw[0] + 1) % 10
        (folder / "test_batch.bin").write_bytes(raw)
    else:
        (folder / "batches.meta.txt").write_text("<script>\n" * 10)
    with pytest.raises(DataError, match="not CIFAR-10's"):
        load_cifar10(folder)


@pytest.mark.parametrize("official", [True, False])
def test_source_says_how_far_the_binary_layout_is_proved(
    tiny10: TinyCifar10, tmp_path: Path, monkeypatch, official: bool
) -> None:
    path = tmp_path / "cifar-10-binary.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tiny10.write_binary(tmp_path / "data"), "cifar-10-batches-bin")
    if official:
        md5 = hashlib.md5(path.read_bytes()).hexdigest()
        monkeypatch.setattr(tiny10.module, "EDITION", tiny10.edition(binary_md5=md5))
    source = load_cifar10(path).source
    assert ("archive with verified checksum" in source) == official
    assert ("only size, balance, names and channel means" in source) != official


def test_cifar100_is_not_taken_for_cifar10(tiny, tiny10: TinyCifar10, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no CIFAR-10; give"):
        load_cifar10(tiny.write_binary(tmp_path / "data"))
