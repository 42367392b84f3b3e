"""One contract for every data set: the real one, its stand-in, and planted faults."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from datasets import CHECKS, DataError, ImageDataset, Labelled, Sizes, audit, load_dataset
from datasets.contract import Check, identity_is_true
from datasets.image_dataset import content_digest, fingerprint
from tests.support.real_data import folder_of_cifar100


@pytest.fixture(scope="module")
def dataset(request: pytest.FixtureRequest) -> ImageDataset:
    if request.param != "cifar100":
        return load_dataset(request.param)
    return load_dataset("cifar100", data_dir=folder_of_cifar100(request.config))


@pytest.mark.short
@pytest.mark.parametrize("dataset", ["cifar100", "shapes100"], indirect=True)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_data_set_keeps_its_promise(dataset: ImageDataset, check: Check) -> None:
    assert list(check(dataset)) == []


@pytest.fixture(scope="module")
def sound() -> ImageDataset:
    """Keeps every promise, at the least cost: each image is one colour."""
    parts = []
    for per_class in (500, 100):
        fine = np.tile(np.arange(100, dtype=np.uint8), per_class)
        shade = np.linspace(0, 255, len(fine)).astype(np.uint8)
        images = np.broadcast_to(shade[:, None, None, None], (len(fine), 32, 32, 3))
        parts.append(Labelled(images, fine, fine // np.uint8(5)))
    return ImageDataset(
        name="sound",
        train=parts[0],
        test=parts[1],
        fine_names=tuple(f"thing_{i}" for i in range(100)),
        coarse_names=tuple(f"kind_{i}" for i in range(20)),
        source="made for this test",
        fingerprint=fingerprint(*parts),
        content_digest=content_digest(*parts),
        sizes=Sizes(100, 20, 500, 100),
    )


def test_sound_data_set_has_no_violation(sound: ImageDataset) -> None:
    assert audit(sound) == []


def change(dataset: ImageDataset, part: str, **fields: np.ndarray) -> ImageDataset:
    altered = dataclasses.replace(getattr(dataset, part), **fields)
    return dataclasses.replace(dataset, **{part: altered})


def with_label(labels: np.ndarray, label: int) -> np.ndarray:
    altered = labels.copy()
    altered[0] = label
    return altered


FAULTS = {
    "has_all_samples": lambda d: change(
        d,
        "test",
        images=d.test.images[1:],
        fine=d.test.fine[1:],
        coarse=d.test.coarse[1:],
    ),
    "has_small_colour_images": lambda d: change(d, "test", images=d.test.images[:, 1:]),
    "uses_the_whole_range": lambda d: change(d, "train", images=d.train.images // 2),
    "every_class_has_images": lambda d: change(d, "test", fine=with_label(d.test.fine, 100)),
    "classes_are_balanced": lambda d: change(d, "train", fine=with_label(d.train.fine, 1)),
    "superclasses_are_balanced": lambda d: change(d, "test", coarse=with_label(d.test.coarse, 20)),
    "classes_nest_in_superclasses": lambda d: change(
        d, "train", coarse=with_label(d.train.coarse, 19)
    ),
    "names_are_complete": lambda d: dataclasses.replace(
        d, fine_names=(*d.fine_names[:-1], d.fine_names[0])
    ),
    "identity_is_true": lambda d: dataclasses.replace(d, fingerprint="0" * 64),
}


def test_every_promise_is_checked() -> None:
    assert [check.__name__ for check in CHECKS] == list(FAULTS)


def test_a_content_digest_of_other_images_is_found(sound: ImageDataset) -> None:
    forged = dataclasses.replace(sound, content_digest="0" * 64)
    (line,) = identity_is_true(forged)
    assert line.startswith("the content digest is not that of the samples")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_each_check_finds_its_fault(sound: ImageDataset, check: Check) -> None:
    assert list(check(FAULTS[check.__name__](sound)))


@pytest.mark.parametrize("name", [n for n in FAULTS if "balanced" not in n and "all_s" not in n])
def test_data_set_without_promised_sizes_is_held_to_the_rest(
    sound: ImageDataset, name: str
) -> None:
    free = dataclasses.replace(sound, sizes=None)
    faulty = FAULTS[name](free)
    if name == "uses_the_whole_range":
        faulty = change(free, "train", images=np.zeros_like(free.train.images))
    check = next(check for check in CHECKS if check.__name__ == name)
    assert list(check(faulty))


def test_data_set_without_promised_sizes_may_have_any(sound: ImageDataset) -> None:
    assert audit(dataclasses.replace(sound, sizes=None)) == []


@pytest.mark.parametrize("change_order", [True, False], ids=["order", "pixel"])
def test_fingerprint_sees_what_the_content_digest_may_not(
    sound: ImageDataset, change_order: bool
) -> None:
    images = sound.test.images.copy()
    if change_order:
        part = Labelled(images[::-1], sound.test.fine[::-1], sound.test.coarse[::-1])
    else:
        images[5, 6, 7, 1] ^= 1
        part = Labelled(images, sound.test.fine, sound.test.coarse)
    assert fingerprint(sound.test, part) != fingerprint(sound.test, sound.test)
    same_content = content_digest(sound.test, part) == content_digest(sound.test, sound.test)
    assert same_content == change_order


@pytest.mark.parametrize("labels", ["fine", "coarse"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_both_digests_see_one_label_of_either_split(labels: str, split: str) -> None:
    random = np.random.default_rng(0)

    def part(count: int) -> Labelled:
        images = random.integers(0, 256, (count, 2, 2, 3), np.uint8)
        return Labelled(images, random.integers(1, 9, count, np.uint8), np.ones(count, np.uint8))

    parts = {"train": part(5), "test": part(3)}
    other = with_label(getattr(parts[split], labels), 0)
    altered = parts | {split: dataclasses.replace(parts[split], **{labels: other})}
    assert fingerprint(**altered) != fingerprint(**parts)
    assert content_digest(**altered) != content_digest(**parts)


@pytest.mark.parametrize(
    ("images", "fine"),
    [
        (np.zeros((2, 32, 32, 3), np.uint8), np.zeros(3, np.uint8)),
        (np.zeros((2, 32, 32), np.uint8), np.zeros(2, np.uint8)),
        (np.zeros((2, 32, 32, 3), np.float32), np.zeros(2, np.uint8)),
        (np.zeros((2, 32, 32, 3), np.uint8), np.zeros(2, np.int64)),
    ],
    ids=["lengths", "no_channels", "float_pixels", "wide_labels"],
)
def test_arrays_that_do_not_fit_are_refused(images: np.ndarray, fine: np.ndarray) -> None:
    with pytest.raises(DataError):
        Labelled(images, fine, np.zeros(2, np.uint8))


def test_superclass_of_a_class_without_images_is_refused(sound: ImageDataset) -> None:
    lacking = change(sound, "train", fine=np.zeros(len(sound.train), np.uint8))
    with pytest.raises(DataError, match="1 of its 100 classes"):
        _ = lacking.fine_to_coarse
