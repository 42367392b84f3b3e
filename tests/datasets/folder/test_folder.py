"""A folder of class folders becomes a data set, and what is unfit in it is named."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets import DataError, ImageDataset, audit, load_dataset
from tests.support.image_folders import COUNTS, shade, write_folder, write_image


def load(folder: Path, **options: object) -> ImageDataset:
    return load_dataset("folder", data_dir=folder, **options)


def colours(dataset: ImageDataset, split: str) -> set[tuple[str, tuple[int, ...]]]:
    """Class and colour of each image of a split."""
    labelled = getattr(dataset, split)
    names = [dataset.fine_names[label] for label in labelled.fine]
    return {
        (name, tuple(image[0, 0].tolist()))
        for name, image in zip(names, labelled.images, strict=True)
    }


def test_every_image_is_there_once_under_its_class(tmp_path: Path) -> None:
    dataset = load(write_folder(tmp_path / "data"))
    written = {(name, shade(name, number)) for name, n in COUNTS.items() for number in range(n)}
    assert colours(dataset, "train") | colours(dataset, "test") == written
    assert not colours(dataset, "train") & colours(dataset, "test")
    # A fifth of 10, 5 and 15.
    assert np.bincount(dataset.test.fine).tolist() == [2, 1, 3]
    assert audit(dataset) == []
    assert dataset.input_shape == (32, 32, 3)


def test_held_out_images_are_the_same_in_a_copy(tmp_path: Path) -> None:
    one, other = (load(write_folder(tmp_path / name)) for name in ("one", "other"))
    assert one.fingerprint == other.fingerprint
    assert np.bincount(load(tmp_path / "one", test_fraction=0.4).test.fine).tolist() == [4, 2, 6]


def test_last_fifth_of_the_training_images_has_all_classes(tmp_path: Path) -> None:
    train = load(write_folder(tmp_path / "data")).train
    assert len(set(train.fine[len(train) * 4 // 5 :].tolist())) > 1


def test_train_and_test_folders_are_kept_apart(tmp_path: Path) -> None:
    for split, blue in (("train", 10), ("test", 200)):
        for red, name in enumerate(("cat", "dog")):
            write_image(tmp_path / split / name / "only.png", (100 * red, 0, blue))
    dataset = load(tmp_path)
    assert colours(dataset, "train") == {("cat", (0, 0, 10)), ("dog", (100, 0, 10))}
    assert colours(dataset, "test") == {("cat", (0, 0, 200)), ("dog", (100, 0, 200))}


def test_images_are_resized_to_the_size_asked_for(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    half = np.zeros((20, 20, 3), np.uint8)
    half[:, 10:] = 255
    Image.fromarray(half).save(folder / "cat/half.JPG", "JPEG")
    dataset = load(folder, image_size=4)
    assert dataset.input_shape == (4, 4, 3)
    every = np.concatenate([dataset.train.images, dataset.test.images])
    (image,) = [image for image in every if np.ptp(image) > 200]
    assert image[:, 0].max() < 20 < 235 < image[:, 3].min()


def test_superclasses_come_from_the_table(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    assert not load(folder).taxonomy.has_superclasses
    (folder / "coarse.csv").write_text("dog,animals\nsun flower,plants\ncat,animals\n")
    dataset = load(folder)
    assert dataset.coarse_names == ("animals", "plants")
    assert dataset.fine_to_coarse == (0, 0, 1)


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ("cat,animals\n", "no line for class dog"),
        ("cat,a\ndog,a\nsun flower,b\nelk,a\n", "names class 'elk'"),
        ("cat,a\ncat,b\n", "line 2"),
        ("cat\n", "line 1"),
        ("cat,<b>\n", "class name"),
        (b"cat,\xff\n", "UTF-8"),
    ],
)
def test_unfit_table_of_superclasses_is_named(tmp_path: Path, table: str | bytes, match) -> None:
    folder = write_folder(tmp_path / "data")
    (folder / "coarse.csv").write_bytes(table.encode() if isinstance(table, str) else table)
    refuse(folder, match)


def test_changed_image_is_read_again(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    before = load(folder)
    write_image(folder / "cat/03.png", (1, 2, 3))
    after = load(folder)
    assert after.content_digest != before.content_digest
    assert ("cat", (1, 2, 3)) in colours(after, "train") | colours(after, "test")


def refuse(folder: Path, match: str) -> None:
    with pytest.raises(DataError, match=match) as caught:
        load(folder)
    assert str(caught.value).isprintable()


def test_folder_must_be_named() -> None:
    with pytest.raises(DataError, match="--data-dir"):
        load_dataset("folder")


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A small PNG whose header claims a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "not a sound PNG or JPEG"),
        (b"<html>", "not a sound PNG or JPEG"),
        (png_of_claimed_size(10_000, 9_000), "10000 x 9000 pixels"),
        (png_of_claimed_size(60_000, 60_000), "not a sound PNG or JPEG"),
        (png_of_claimed_size(100, 100), "not a sound PNG or JPEG"),
        (b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\0;", "not a sound PNG or JPEG"),
    ],
    ids=["empty", "html", "bomb", "great_bomb", "cut", "other_format"],
)
def test_unsound_image_is_named(tmp_path: Path, content: bytes, match: str) -> None:
    folder = write_folder(tmp_path / "data")
    (folder / "cat/bad\nname.png").write_bytes(content)
    refuse(folder, rf"bad\\nname\.png .*{match}")


def make_pipe(folder: Path) -> None:
    os.mkfifo(folder / "cat/pipe.png")


def make_sparse(folder: Path) -> None:
    (folder / "cat/huge.png").touch()
    os.truncate(folder / "cat/huge.png", 60 * 10**9)


def make_dangling(folder: Path) -> None:
    (folder / "cat/link.png").symlink_to("nowhere")


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (make_pipe, r"pipe\.png is not a regular file"),
        (make_sparse, "60,000,000,000 bytes"),
        (make_dangling, r"link\.png: No such file"),
        (lambda folder: (folder / "elk").mkdir(), "class elk .* has no image"),
        (lambda folder: (folder / "<b>x").mkdir(), "class name '<b>x'"),
        (lambda folder: (folder / "a\nb").mkdir(), r"class name 'a\\nb'"),
        (lambda folder: (folder / "a|b").mkdir(), r"class name 'a\|b'"),
        (lambda folder: (folder / "train").mkdir(), "has a folder train only"),
        (lambda folder: (folder / "coarse.csv").mkdir(), r"class coarse\.csv in .* has no image"),
    ],
    ids=["pipe", "sparse", "dangling", "empty", "markup", "break", "bar", "train", "table"],
)
def test_unfit_entry_is_named(tmp_path: Path, make, match: str) -> None:
    folder = write_folder(tmp_path / "data")
    make(folder)
    refuse(folder, match)


def test_class_of_one_split_only_is_named(tmp_path: Path) -> None:
    for split, names in (("train", "abc"), ("test", "ab")):
        for name in names:
            write_image(tmp_path / split / name / "0.png", (1, 2, 3))
    refuse(tmp_path, "class c is in one of")


def test_unreadable_image_is_named(tmp_path: Path, monkeypatch) -> None:
    folder = write_folder(tmp_path / "data")
    really = os.open

    # Root may read everything, so the refusal is played.
    def forbid(path, *arguments):
        if str(path).endswith("04.png"):
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, *arguments)

    monkeypatch.setattr(os, "open", forbid)
    refuse(folder, r"04\.png: Permission denied; make it readable")


def test_as_many_classes_as_a_byte_can_number(tmp_path: Path) -> None:
    for number in range(257):
        (tmp_path / f"class_{number}").mkdir()
    refuse(tmp_path, "has 257 class folders; give it 2 to 256")
