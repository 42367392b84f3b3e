"""shapes100 is the same on every machine, and its images say their class by shape alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datasets import DataError, ImageDataset, load_shapes100
from datasets.shapes100.families import FAMILIES, Family
from datasets.shapes100.scenes import draw_images

FEW = (4, 2)
FINGERPRINT_OF_FEW = "18df046b3b3fbd5f80c9b0a54e3198a614e7dff7d5c526a0ed9ba74509d82d69"
FINGERPRINT = "00af052c9d10368cdb21ef9efed8ea941867c8916c34034a4d3002bac46f8695"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> ImageDataset:
    return load_shapes100(per_class=FEW, cache_dir=tmp_path_factory.mktemp("cache"))


def test_few_images_are_the_same_on_every_machine(few: ImageDataset) -> None:
    assert few.fingerprint == FINGERPRINT_OF_FEW


@pytest.mark.short
def test_all_images_are_the_same_on_every_machine() -> None:
    assert load_shapes100().fingerprint == FINGERPRINT


@pytest.mark.parametrize("part", ["train", "test"])
def test_each_class_has_the_images_asked_for(few: ImageDataset, part: str) -> None:
    counts = np.bincount(getattr(few, part).fine, minlength=100)
    assert set(counts.tolist()) == {FEW[part == "test"]}
    np.testing.assert_array_equal(getattr(few, part).coarse, getattr(few, part).fine // 5)


def test_names_tell_100_classes_in_20_families(few: ImageDataset) -> None:
    assert len(set(few.fine_names)) == 100
    assert len(set(few.coarse_names)) == 20
    assert few.fine_names[few.train.fine[0]] in FAMILIES[few.train.coarse[0]].variants


def test_records_are_shuffled(few: ImageDataset) -> None:
    last_fifth = few.train.fine[len(few.train) * 4 // 5 :]
    assert len(np.unique(last_fifth)) > 40
    assert np.any(np.diff(few.train.fine.astype(int)) < 0)


def test_no_image_comes_twice(few: ImageDataset) -> None:
    every = np.concatenate([few.train.images, few.test.images]).reshape(600, -1)
    assert len(np.unique(every, axis=0)) == 600


def test_smaller_draws_hold_the_same_images() -> None:
    draw = FAMILIES[1].draw
    many = draw_images(draw, 2, 5, np.random.RandomState(3), 0.5)
    np.testing.assert_array_equal(draw_images(draw, 2, 3, np.random.RandomState(3), 0.5), many[:3])
    assert many.shape == (5, 32, 32, 3)
    assert many.dtype == np.uint8


def test_other_seed_gives_other_images(few: ImageDataset, tmp_path: Path) -> None:
    other = load_shapes100(seed=1, per_class=FEW, cache_dir=tmp_path)
    assert other.content_digest != few.content_digest


def test_difficulty_moves_images_away_from_plain(tmp_path: Path) -> None:
    """The same scene of each image at three settings: the harder, the further from the plain."""

    def draw(difficulty: float) -> ImageDataset:
        return load_shapes100(per_class=FEW, difficulty=difficulty, cache_dir=tmp_path)

    plain, middle, hard = (draw(d).train for d in (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(plain.fine, hard.fine)
    far = [np.abs(other.images.astype(int) - plain.images).mean() for other in (middle, hard)]
    assert 5 < far[0] < far[1]


def test_plain_images_show_bright_shapes_and_hard_ones_either() -> None:
    def brighter(difficulty: float) -> float:
        """The fraction of discs that are brighter than the corners of their images."""
        stream = np.random.RandomState(0)
        images = draw_images(FAMILIES[3].draw, 1, 200, stream, difficulty).astype(int)
        corners = images[:, [0, 0, -1, -1], [0, -1, 0, -1]].mean(axis=(1, 2))
        return float(np.mean(images.mean(axis=(1, 2, 3)) > corners))

    assert brighter(0.0) > 0.97
    assert 0.35 < brighter(1.0) < 0.65


def test_shapes_look_to_either_side() -> None:
    """Crescents open to the right or to the left, about as often."""
    images = draw_images(FAMILIES[7].draw, 0, 200, np.random.RandomState(0), 0.0).astype(int)
    bright = images.sum(axis=3) - images.sum(axis=3).min(axis=(1, 2), keepdims=True)
    left = bright[:, :, :16].sum(axis=(1, 2)) > bright[:, :, 16:].sum(axis=(1, 2))
    assert 0.3 < left.mean() < 0.7


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_variants_of_a_family_differ(family: Family) -> None:
    axis = np.linspace(-1.1, 1.1, 64, dtype=np.float32)
    u, v = np.meshgrid(axis, axis)
    filled = [family.draw(u, v, variant) < 0 for variant in range(5)]
    for i, one in enumerate(filled):
        assert 0.04 < one.mean() < 0.8
        for other in filled[:i]:
            assert (one != other).mean() > 0.02


@pytest.mark.short
def test_colour_does_not_give_the_class_away() -> None:
    dataset = load_shapes100()
    features = dataset.train.images.mean(axis=(1, 2))
    means = np.stack([features[dataset.train.fine == label].mean(axis=0) for label in range(100)])
    guesses = [
        np.argmin(((image - means) ** 2).sum(axis=1))
        for image in dataset.test.images.mean(axis=(1, 2))
    ]
    assert np.mean(guesses == dataset.test.fine) < 0.02


@pytest.mark.parametrize(
    "bad",
    [
        {"seed": -1},
        {"seed": 2**32},
        {"per_class": (0, 1)},
        {"difficulty": 1.1},
        {"difficulty": float("nan")},
    ],
)
def test_bad_arguments_are_named(bad: dict[str, object]) -> None:
    with pytest.raises(DataError, match=next(iter(bad))):
        load_shapes100(**bad)
