"""What augmentation does to an image, drawn by the code that trains with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.explore.sheet import LINE, WIDTH, Sheet, Words, scaled, strip
from bench.explore.wording import called
from bench.pages.figures import MUTED, Figure
from bench.pages.sections import Table
from bench.pages.words import readable
from bench.system.backend import import_backend
from datasets import AffineAugmentation, ImageDataset

# As large as the sheet's width allows: smaller, nobody sees what a turn of some degrees does.
COLUMNS = 6
ROWS = 2
_SIDE = 96
_CANDIDATES = 100


def augmentation_words(
    augmentation: AffineAugmentation, image_size: tuple[int, int]
) -> dict[str, str]:
    """What each parameter does to images of this height and width: field name to words."""
    height, width = image_size
    phrases: dict[str, Callable[[Any], str]] = {
        "rotation_degrees": lambda r: (r and f"turned by up to {r:g}° either way") or "not turned",
        "width_shift": lambda r: _moved(r, width, "left or right", "width"),
        "height_shift": lambda r: _moved(r, height, "up or down", "height"),
        "shear_degrees": lambda r: (r and f"slanted by up to {r:g}° either way") or "not slanted",
        "zoom": lambda r: (
            (r and f"scaled by {1 - r:g} to {1 + r:g}, each axis by itself") or "not scaled"
        ),
        "horizontal_flip": lambda flip: _flipped(flip, "mirrored left to right"),
        "vertical_flip": lambda flip: _flipped(flip, "turned upside down"),
    }
    return {
        field.name: phrases[field.name](getattr(augmentation, field.name))
        for field in dataclasses.fields(augmentation)
    }


def augmentation_table(augmentation: AffineAugmentation, image_size: tuple[int, int]) -> Table:
    """The parameters, their values and what they do."""
    words = augmentation_words(augmentation, image_size)
    return Table(
        "The parameters of `AffineAugmentation` at its defaults. Each image draws its own values, "
        "uniformly; what comes in from outside takes the value of the nearest edge pixel.",
        ("parameter", "value", "each image is"),
        tuple((name, str(getattr(augmentation, name)), phrase) for name, phrase in words.items()),
    )


def augmented(
    image: NDArray[np.uint8], augmentation: AffineAugmentation, draws: int, seed: int
) -> NDArray[np.uint8]:
    """One image (height, width, 3) as training would see it, uint8 (draws, height, width, 3)."""
    import_backend()
    from keras import ops

    from datasets.augmentation.layer import RandomAffine

    # Outside a network the layer would compute in Keras' global precision.
    layer = RandomAffine(augmentation, seed=seed, dtype="float32")
    batch = np.repeat(image[None], draws, axis=0)
    moved = ops.convert_to_numpy(layer(batch, training=True))
    return np.clip(np.rint(moved), 0, 255).astype(np.uint8)


def augmentation_sheet(
    dataset: ImageDataset, position: int, augmentation: AffineAugmentation, seed: int = 0
) -> Sheet:
    """A training image, then many draws of it, row by row, each of up to `_SIDE` a side."""
    image = dataset.train.images[position]
    moved = augmented(image, augmentation, COLUMNS * ROWS - 1, seed)
    shown = [scaled(each, _SIDE) for each in (image, *moved)]
    height, width = shown[0].shape[:2]
    gap = 14
    tiles = [
        tile
        for row in range(ROWS)
        for tile in strip(
            shown[row * COLUMNS : (row + 1) * COLUMNS],
            top=LINE + row * (height + gap),
            left=0,
            gap=gap,
        )
    ]
    words = (
        Words(LINE / 2, width / 2, "as it is", "center", bold=True),
        Words(LINE / 2, width + gap, f"{len(moved)} draws", colour=MUTED),
    )
    return Sheet(
        LINE + ROWS * (height + gap) - gap,
        tuple(tiles),
        words,
        WIDTH,
    )


def augmentation_figure(
    dataset: ImageDataset, augmentation: AffineAugmentation | None = None, seed: int = 0
) -> Figure:
    """One image and many draws of it."""
    augmentation = augmentation or AffineAugmentation()
    position = example_position(dataset, seed)
    name = readable(dataset.fine_names[dataset.train.fine[position]])
    sheet = augmentation_sheet(dataset, position, augmentation, seed)
    words = augmentation_words(augmentation, dataset.input_shape[:2])
    return Figure(
        name="augmentation",
        title="One image, many draws",
        caption=(
            f"Training image {position} ({name}), upper left, and {COLUMNS * ROWS - 1} draws of "
            f"it from the layer that trains, seed {seed}; of {_CANDIDATES} images drawn at "
            "random it is the one that differs most from its mirror image. Each draw is "
            f"{', '.join(words.values())}. {called(dataset)}."
        ),
        alternative=(
            f"A grid of {COLUMNS * ROWS} versions of one image of class {name}: the first as it "
            "is, the others each turned, moved and scaled a little differently, with the edge "
            "pixels drawn out where the image was moved from."
        ),
        draw=sheet.draw,
        size=sheet.size,
    )


def example_position(dataset: ImageDataset, seed: int) -> int:
    """A training image on which flips and turns show.

    Of a hundred drawn by `seed`, the one that differs most from its mirror image.
    """
    candidates = np.random.RandomState(seed).permutation(len(dataset.train))[:_CANDIDATES]
    images = dataset.train.images[candidates].astype(np.float64)
    difference = ((images - images[:, :, ::-1]) ** 2).mean(axis=(1, 2, 3))
    return int(candidates[difference.argmax()])


def _moved(fraction: float, size: int, directions: str, side: str) -> str:
    if not fraction:
        return f"not moved {directions}"
    pixels = fraction * size
    return f"moved {directions} by up to {100 * fraction:g} % of the {side} ({pixels:g} pixels)"


def _flipped(flip: bool, action: str) -> str:
    return f"{action} half of the time" if flip else f"never {action}"
