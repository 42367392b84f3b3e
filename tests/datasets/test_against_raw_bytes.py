"""Images, labels and splits against the bytes of the files, read here without the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datasets import (
    ImageDataset,
    load_dataset,
    load_shapes100,
    stratified_split,
    stratified_subset,
    tail_split,
)
from tests.support.real_data import folder_of_cifar100

RECORD = 2 + 3 * 1024


@pytest.fixture(scope="module")
def binary_folder(pytestconfig: pytest.Config) -> Path:
    """The folder of the real CIFAR-100 in its binary layout."""
    named = folder_of_cifar100(pytestconfig)
    for folder in (named, named / "cifar-100-binary"):
        if (folder / "train.bin").is_file():
            return folder
    pytest.skip(f"no binary layout in {named}: there are no raw bytes to compare with")


@pytest.fixture(scope="module")
def cifar100(binary_folder: Path) -> ImageDataset:
    return load_dataset("cifar100", data_dir=binary_folder)


@pytest.mark.short
@pytest.mark.parametrize("split", ["train", "test"])
def test_every_label_is_the_byte_before_its_pixels(
    binary_folder: Path, cifar100: ImageDataset, split: str
) -> None:
    raw = (binary_folder / f"{split}.bin").read_bytes()
    labelled = getattr(cifar100, split)
    assert list(raw[0::RECORD]) == labelled.coarse.tolist()
    assert list(raw[1::RECORD]) == labelled.fine.tolist()


@pytest.mark.short
@pytest.mark.parametrize("split", ["train", "test"])
def test_pixels_are_the_three_planes_of_their_record(
    binary_folder: Path, cifar100: ImageDataset, split: str
) -> None:
    raw = (binary_folder / f"{split}.bin").read_bytes()
    images = getattr(cifar100, split).images
    for number in (0, 1, len(images) // 3, len(images) - 1):
        pixels = raw[number * RECORD + 2 : (number + 1) * RECORD]
        for row, column in ((0, 0), (0, 31), (17, 5), (31, 31)):
            place = 32 * row + column
            planes = [pixels[1024 * channel + place] for channel in range(3)]
            assert images[number, row, column].tolist() == planes


@pytest.mark.short
def test_names_are_the_lines_of_their_files(binary_folder: Path, cifar100: ImageDataset) -> None:
    for kind in ("fine", "coarse"):
        lines = (binary_folder / f"{kind}_label_names.txt").read_text().split("\n")
        expected = [line.strip() for line in lines if line.strip()]
        assert list(getattr(cifar100, f"{kind}_names")) == expected


@pytest.mark.short
@pytest.mark.parametrize(("fraction", "held_out"), [(0.2, 10_000), (0.1, 5_000)])
def test_validation_is_the_last_records_of_the_training_file(
    binary_folder: Path, cifar100: ImageDataset, fraction: float, held_out: int
) -> None:
    raw = (binary_folder / "train.bin").read_bytes()
    train, validation = tail_split(len(cifar100.train), fraction)
    labels = raw[1::RECORD]
    assert cifar100.train.fine[validation].tolist() == list(labels[-held_out:])
    assert cifar100.train.fine[train].tolist() == list(labels[:-held_out])


@pytest.mark.short
@pytest.mark.parametrize("per_class", [20, 100])
def test_subset_has_the_label_bytes_of_its_own_records(
    binary_folder: Path, cifar100: ImageDataset, per_class: int
) -> None:
    raw = (binary_folder / "train.bin").read_bytes()
    chosen = stratified_subset(cifar100.train.fine, per_class, 0)
    labels = [raw[RECORD * index + 1] for index in chosen.tolist()]
    assert cifar100.train.fine[chosen].tolist() == labels
    assert [labels.count(label) for label in range(100)] == [per_class] * 100
    assert labels != list(raw[1::RECORD][: len(labels)])


def test_shapes100_is_balanced_and_its_splits_share_no_image(tmp_path: Path) -> None:
    dataset = load_shapes100(per_class=(6, 3), cache_dir=tmp_path)
    seen = []
    for split, per_class in ((dataset.train, 6), (dataset.test, 3)):
        labels = split.fine.tolist()
        assert [labels.count(label) for label in range(100)] == [per_class] * 100
        assert split.coarse.tolist() == [label // 5 for label in labels]
        seen.append({image.tobytes() for image in split.images})
    assert [len(images) for images in seen] == [600, 300]
    assert not seen[0] & seen[1]


# Classes of other sizes, in an order that is not theirs: sizes 7, 4 and 10.
LABELS = np.array([2, 0, 2, 1, 2, 0, 1, 2, 0, 0, 2, 2, 1, 0, 2, 2, 0, 2, 1, 2, 0], np.uint8)


@pytest.mark.parametrize(("fraction", "sizes"), [(0.2, [1, 1, 2]), (0.5, [4, 2, 5])])
def test_stratified_split_holds_out_the_rounded_fraction_of_each_class(
    fraction: float, sizes: list[int]
) -> None:
    train, validation = stratified_split(LABELS, fraction, seed=3)
    assert sorted([*train.tolist(), *validation.tolist()]) == list(range(21))
    held_out = [int(LABELS[index]) for index in validation.tolist()]
    assert [held_out.count(label) for label in range(3)] == sizes


def test_subset_is_drawn_from_everywhere_and_differs_by_seed() -> None:
    labels = np.repeat(np.arange(5, dtype=np.uint8), 200)
    one, other = (stratified_subset(labels, 20, seed) for seed in (0, 1))
    assert one.tolist() != other.tolist()
    for chosen in (one, other):
        picked = chosen.tolist()
        assert [sum(200 * k <= i < 200 * k + 200 for i in picked) for k in range(5)] == [20] * 5
        # Of 20 drawn from 200 the first and the last half have some, but for one in a million.
        assert all(0 < sum(i % 200 < 100 for i in picked if i // 200 == k) < 20 for k in range(5))


@pytest.mark.parametrize(("n", "fraction", "cut"), [(10, 0.2, 8), (2000, 0.1, 1800), (7, 0.5, 3)])
def test_tail_split_cuts_once_and_keeps_the_order(n: int, fraction: float, cut: int) -> None:
    train, validation = tail_split(n, fraction)
    assert train.tolist() == list(range(cut))
    assert validation.tolist() == list(range(cut, n))
