"""What sheets show are the images themselves, or what the project makes of them."""

import dataclasses

import numpy as np
import pytest

from bench.explore.augmentation_preview import (
    augmentation_sheet,
    augmentation_table,
    augmentation_words,
    augmented,
    example_position,
)
from bench.explore.resize_preview import METHODS, SIZE, resize_sheet, resized
from bench.explore.samples import EACH, chosen, samples_figure, samples_sheet, wrapped
from bench.explore.sheet import Sheet, Tile, strip
from datasets import AffineAugmentation

IMAGE = np.random.default_rng(0).integers(0, 256, (4, 4, 3), np.uint8)


def test_mosaic_holds_the_pixels_and_is_clear_between_them() -> None:
    mosaic = Sheet(6, strip([IMAGE, IMAGE[::-1]], top=1, left=2), width=14).mosaic()
    np.testing.assert_array_equal(mosaic[1:5, 2:6, :3], IMAGE)
    np.testing.assert_array_equal(mosaic[1:5, 8:12, :3], IMAGE[::-1])
    assert (mosaic[..., 3] == 255).sum() == 2 * 16


def test_image_beyond_the_edge_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves the sheet"):
        Sheet(6, (Tile(3, 0, IMAGE),), width=14).mosaic()


def test_sheet_is_one_image_however_many_images(dataset, axes_of) -> None:
    (axes,) = axes_of(samples_figure(dataset))
    (image,) = axes.images
    np.testing.assert_array_equal(image.get_array(), samples_sheet(dataset).mosaic())
    assert image.get_interpolation() == "none"


def test_every_class_is_named_over_its_own_images(dataset) -> None:
    sheet = samples_sheet(dataset)
    said = [words.text for words in sheet.words if not words.bold]
    assert said == [name.replace("_", " ") for name in dataset.fine_names]
    for label in range(dataset.num_classes):
        of_class = dataset.train.images[dataset.train.fine == label]
        for tile in sheet.tiles[label * EACH : (label + 1) * EACH]:
            assert (of_class == tile.pixels).all(axis=(1, 2, 3)).any()


def test_samples_follow_the_seed_and_repeat(dataset) -> None:
    labels = dataset.train.fine
    assert chosen(labels, 7, 3, seed=0).tolist() == chosen(labels, 7, 3, seed=0).tolist()
    assert len(set(chosen(labels, 7, 4, seed=0).tolist())) == 4
    assert (labels[chosen(labels, 7, 9, seed=1)] == 7).all()
    orders = {tuple(chosen(labels, 7, 4, seed)) for seed in range(9)}
    assert len(orders) > 1


def test_long_names_are_broken_at_spaces() -> None:
    assert wrapped("large man-made outdoor things", 16) == "large man-made\noutdoor things"


def test_augmentation_preview_is_the_layers_own_output(dataset) -> None:
    from datasets.augmentation.layer import RandomAffine

    position = example_position(dataset, seed=3)
    sheet = augmentation_sheet(dataset, position, AffineAugmentation(), seed=3)
    image = dataset.train.images[position]
    np.testing.assert_array_equal(sheet.tiles[0].pixels[::3, ::3], image)
    batch = np.repeat(image[None], len(sheet.tiles) - 1, axis=0)
    moved = np.asarray(RandomAffine(seed=3, dtype="float32")(batch, training=True))
    for tile, expected in zip(sheet.tiles[1:], moved, strict=True):
        assert np.abs(tile.pixels[::3, ::3] - expected).max() <= 0.5


def test_augmentation_without_ranges_changes_nothing() -> None:
    still = AffineAugmentation(0, 0, 0, 0, 0, horizontal_flip=False)
    assert (augmented(IMAGE, still, 3, seed=0) == IMAGE).all()


def test_words_follow_every_parameter() -> None:
    words = augmentation_words(AffineAugmentation(), (32, 32))
    other = augmentation_words(AffineAugmentation(25, 0.25, 0.5, 2, 0.2, False, True), (32, 64))
    assert list(words) == [field.name for field in dataclasses.fields(AffineAugmentation)]
    assert all(words[name] != other[name] for name in words)
    assert words["rotation_degrees"] == "turned by up to 10° either way"
    assert other["width_shift"] == "moved left or right by up to 25 % of the width (16 pixels)"
    assert other["zoom"] == "scaled by 0.8 to 1.2, each axis by itself"
    assert (words["vertical_flip"], other["vertical_flip"]) == (
        "never turned upside down",
        "turned upside down half of the time",
    )
    still = augmentation_words(AffineAugmentation(0, 0, 0, 0, 0, False), (32, 32))
    assert [text.split()[0] for text in still.values()] == ["not"] * 5 + ["never"] * 2
    assert len(augmentation_table(AffineAugmentation(), (32, 32)).rows) == 7


def test_resize_preview_is_the_backbones_own_input(dataset) -> None:
    from bench.approaches.recipes import FrozenBackbone
    from bench.inputs.features import BackboneInput

    positions = np.array([5, 8])
    images = dataset.test.images[positions]
    sheet = resize_sheet(dataset, positions)
    for tile, image in zip(sheet.tiles[:2], images, strict=True):
        np.testing.assert_array_equal(tile.pixels, image)
    for row, method in enumerate(METHODS):
        layer = BackboneInput(FrozenBackbone(SIZE, resize=method, scaling="raw"))
        expected = np.clip(np.asarray(layer(images)), 0, 255)
        for column in range(2):
            shown = sheet.tiles[2 + row * 2 + column].pixels
            assert np.abs(shown - expected[column]).max() <= 0.5
    nearest = resized(images, "nearest")
    np.testing.assert_array_equal(nearest[:, 1::3, 1::3], images)
