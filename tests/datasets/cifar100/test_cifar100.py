"""CIFAR-100 is read from both layouts, wherever it lies, and no fault in it goes unnoticed."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from datasets import (
    CacheError,
    DataError,
    DataUnavailableError,
    ImageDataset,
    array_cache,
    load_cifar100,
)
from datasets.cifar import loader as cifar
from datasets.cifar100 import loader as cifar100

BOTH = pytest.mark.parametrize("layout", ["python", "binary"])


def write(tiny, layout: str, folder: Path) -> Path:
    return getattr(tiny, f"write_{layout}")(folder)


def assert_same_records(dataset: ImageDataset, tiny) -> None:
    for read, written in ((dataset.train, tiny.train), (dataset.test, tiny.test)):
        for field in ("images", "fine", "coarse"):
            np.testing.assert_array_equal(getattr(read, field), getattr(written, field))


@BOTH
def test_records_are_read_as_written(tiny, tmp_path: Path, layout: str) -> None:
    dataset = load_cifar100(write(tiny, layout, tmp_path / "data"))
    assert_same_records(dataset, tiny)
    assert dataset.fine_to_coarse == tuple(i // 5 for i in range(100))
    assert dataset.input_shape == (32, 32, 3)
    assert dataset.num_classes == 100


def test_both_layouts_give_the_same_identity_and_names(tiny, tmp_path: Path) -> None:
    one = load_cifar100(tiny.write_python(tmp_path / "python"))
    other = load_cifar100(tiny.write_binary(tmp_path / "binary"))
    for field in ("fingerprint", "content_digest", "fine_names", "coarse_names"):
        assert getattr(one, field) == getattr(other, field)
    assert "official order" in one.source
    assert "order of the files" in other.source


@pytest.mark.parametrize(
    "inside",
    ["", "cifar-100-python", "cifar-100-python-target/cifar-100-python"],
)
def test_files_are_found_in_the_folder_or_below(tiny, tmp_path: Path, inside: str) -> None:
    tiny.write_python(tmp_path / "data" / inside)
    given = tmp_path / "data" / Path(inside).parent
    assert_same_records(load_cifar100(given), tiny)


@pytest.mark.parametrize("folder", ["", "cifar-100-python-target", "cifar-100-python"])
def test_keras_cache_is_found(tiny, tmp_path: Path, folder: str) -> None:
    if folder == "cifar-100-python-target":
        tiny.write_python(tmp_path / "keras/datasets" / folder / "cifar-100-python")
    elif folder:
        tiny.write_python(tmp_path / "keras/datasets" / folder)
    else:
        tiny.write_archive(tmp_path / "keras/datasets/cifar-100-python-target_archive")
    dataset = load_cifar100(download=False)
    assert_same_records(dataset, tiny)
    assert "Keras' cache" in dataset.source


def test_environment_names_the_folder(tiny, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CIFAR100_DIR", str(tiny.write_binary(tmp_path / "data")))
    assert "CIFAR100_DIR" in load_cifar100(download=False).source


def test_broken_keras_cache_is_left_aside_and_said(tiny, tmp_path: Path, caplog) -> None:
    tiny.write_python(tmp_path / "keras/datasets/cifar-100-python")
    (tmp_path / "keras/datasets/cifar-100-python/test").write_bytes(b"cut")
    tiny.write_archive(tmp_path / "cache/downloads/cifar-100-python.tar.gz")
    assert "an earlier download" in load_cifar100(download=False).source
    assert "test in" in caplog.text


def test_archive_is_downloaded_once(tiny, tmp_path: Path, monkeypatch, capfd) -> None:
    origin = tiny.write_archive(tmp_path / "server/cifar.tar.gz")
    sha256 = hashlib.sha256(origin.read_bytes()).hexdigest()
    edition = tiny.edition(url=origin.as_uri(), archive_sha256=sha256)
    monkeypatch.setattr(cifar100, "EDITION", edition)
    assert_same_records(load_cifar100(), tiny)
    assert "100 %" in capfd.readouterr().err
    origin.unlink()
    assert_same_records(load_cifar100(), tiny)


def test_altered_download_is_refused_and_not_kept(tiny, tmp_path: Path, monkeypatch) -> None:
    origin = tiny.write_archive(tmp_path / "server/cifar.tar.gz")
    monkeypatch.setattr(cifar100, "EDITION", tiny.edition(url=origin.as_uri()))
    with pytest.raises(DataUnavailableError, match=r"SHA-256 .*CIFAR100_DIR"):
        load_cifar100()
    assert not list((tmp_path / "cache").rglob("*.gz*"))


def test_nothing_to_be_had_says_how_to_get_it(tiny) -> None:
    with pytest.raises(DataUnavailableError, match="CIFAR100_DIR"):
        load_cifar100(download=False)
    with pytest.raises(DataUnavailableError, match="by hand"):
        load_cifar100(download=True)


def flip_byte(path: Path, position: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[position] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize(
    ("layout", "name"),
    [
        ("python", "train"),
        ("python", "test"),
        ("python", "meta"),
        ("binary", "train.bin"),
        ("binary", "test.bin"),
        ("binary", "fine_label_names.txt"),
    ],
)
class TestFault:
    def test_missing_file_is_named(self, tiny, tmp_path: Path, layout: str, name: str) -> None:
        (write(tiny, layout, tmp_path) / name).unlink()
        with pytest.raises(DataError, match=f"^{name} is missing in "):
            load_cifar100(tmp_path)

    def test_truncated_file_is_refused(self, tiny, tmp_path: Path, layout, name) -> None:
        path = write(tiny, layout, tmp_path) / name
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(DataError, match="official file") as caught:
            load_cifar100(tmp_path)
        assert "\n" not in str(caught.value)

    def test_one_altered_bit_is_refused(self, tiny, tmp_path: Path, layout, name) -> None:
        flip_byte(write(tiny, layout, tmp_path) / name, 700)
        with pytest.raises(DataError, match="official file"):
            load_cifar100(tmp_path)

    def test_altered_file_is_refused_after_a_good_start(
        self, tiny, tmp_path: Path, layout: str, name: str
    ) -> None:
        load_cifar100(write(tiny, layout, tmp_path))
        flip_byte(tmp_path / name, 700)
        with pytest.raises(DataError, match="official file"):
            load_cifar100(tmp_path)


def test_missing_class_is_named(tiny, tmp_path: Path) -> None:
    tiny.train.fine[tiny.train.fine == 7] = 8
    with pytest.raises(DataError, match="no training image of class thing_7"):
        load_cifar100(tiny.write_binary(tmp_path))


def test_foreign_label_is_named(tiny, tmp_path: Path) -> None:
    tiny.train.fine[0] = 101
    with pytest.raises(DataError, match="a training label 101, "):
        load_cifar100(tiny.write_binary(tmp_path))


def test_other_record_order_is_the_same_content_of_another_fingerprint(
    tiny, tmp_path: Path
) -> None:
    straight = load_cifar100(tiny.write_binary(tmp_path / "straight"))
    for field in ("images", "fine", "coarse"):
        getattr(tiny.train, field)[:] = getattr(tiny.train, field)[::-1].copy()
    turned = load_cifar100(tiny.write_binary(tmp_path / "turned"))
    assert turned.content_digest == straight.content_digest
    assert turned.fingerprint != straight.fingerprint


class Evil:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("verified", [False, True], ids=["unverified", "with_the_right_checksum"])
def test_foreign_pickle_never_runs(tiny, tmp_path: Path, monkeypatch, verified: bool) -> None:
    trace = tmp_path / "trace"
    evil = pickle.dumps({b"data": Evil(trace)}, protocol=2)
    folder = tiny.write_python(tmp_path / "data")
    (folder / "train").write_bytes(evil)
    if verified:
        md5 = {**tiny.edition().md5, "train": hashlib.md5(evil).hexdigest()}
        monkeypatch.setattr(cifar100, "EDITION", tiny.edition(md5=md5))
    with pytest.raises(DataError, match="asks for" if verified else "MD5"):
        load_cifar100(folder)
    assert not trace.exists()


@pytest.mark.parametrize("damage", ["cut", "not an archive", "empty"])
def test_damaged_archive_is_refused(tiny, tmp_path: Path, damage: str) -> None:
    path = tiny.write_archive(tmp_path / "cifar.tar.gz")
    raw = path.read_bytes()
    path.write_bytes({"cut": raw[: len(raw) // 2], "empty": b""}.get(damage, b"<html>" * 99))
    with pytest.raises(DataError, match=r"is not a complete archive; download it again"):
        load_cifar100(path)


@pytest.mark.parametrize("exists", [True, False])
def test_folder_without_cifar100_says_what_belongs_there(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path if exists else tmp_path / "nowhere"
    with pytest.raises(DataError, match=r"train\.bin"):
        load_cifar100(folder)


def test_second_start_reads_no_source_file(tiny, tmp_path: Path, monkeypatch) -> None:
    folder = tiny.write_binary(tmp_path / "data")
    first = load_cifar100(folder)
    monkeypatch.setattr(cifar, "read", lambda *_, **__: pytest.fail("read again"))
    second = load_cifar100(folder)
    assert_same_records(second, tiny)
    assert second.fingerprint == first.fingerprint


def test_arrays_are_read_only(tiny, tmp_path: Path) -> None:
    dataset = load_cifar100(tiny.write_binary(tmp_path / "data"))
    with pytest.raises(ValueError, match="read-only"):
        dataset.train.images[0] = 0


def test_unwritable_cache_folder_is_named(tiny, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CacheError, match=r"file/cache.*BENCH_CACHE_DIR"):
        load_cifar100(tiny.write_binary(tmp_path / "data"), cache_dir=tmp_path / "file/cache")


def test_user_without_a_writable_cache_is_served_from_memory(
    tiny, tmp_path: Path, monkeypatch, caplog
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.delenv("BENCH_CACHE_DIR")
    for module in (cifar, array_cache):
        monkeypatch.setattr(module, "default_cache_dir", lambda: tmp_path / "file/cache")
    assert_same_records(load_cifar100(tiny.write_binary(tmp_path / "data")), tiny)
    assert "cannot write the cache folder" in caplog.text
