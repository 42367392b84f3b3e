"""Some images of every class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.explore.overview import members_of
from bench.explore.sheet import LINE, SMALL, Sheet, Tile, Words, scaled, strip
from bench.explore.wording import called
from bench.pages.figures import INK, MUTED, Figure
from bench.pages.words import readable
from datasets import ImageDataset

EACH = 3
_LABELS = 108
_ROW_GAP = 8


def chosen(labels: NDArray[np.uint8], label: int, count: int, seed: int) -> NDArray[np.int64]:
    """Positions of up to `count` records of a class, drawn by `seed`; of no other class's making.

    Args:
        labels: uint8 (n,).
        label: the class.
        count: how many at most.
        seed: of the draw; 0 or more.

    Returns:
        int64 (at most count,), in the order of the draw.
    """
    # RandomState's stream is frozen by NumPy's compatibility policy, default_rng's is not.
    random = np.random.RandomState([seed, label])
    return random.permutation(np.flatnonzero(labels == label))[:count]


def samples_figure(dataset: ImageDataset, seed: int = 0) -> Figure:
    """Every class with some training images, a row a superclass."""
    sheet = samples_sheet(dataset, seed)
    row = "superclass" if dataset.taxonomy.has_superclasses else "class"
    return Figure(
        name="samples",
        title="Images of every class",
        caption=(
            f"{EACH} training images of each class, a row a {row}, drawn at random (seed "
            f"{seed}) and not picked by hand. {called(dataset)}."
        ),
        alternative=(
            f"{len(dataset.coarse_names)} rows, one a {row} from "
            f"{readable(dataset.coarse_names[0])} to {readable(dataset.coarse_names[-1])}, each "
            f"with its classes' names over {EACH} small images of the class."
        ),
        draw=sheet.draw,
        size=sheet.size,
    )


def samples_sheet(dataset: ImageDataset, seed: int = 0) -> Sheet:
    """The images of `samples_figure`, class by class in the order of the superclasses."""
    block = EACH * (SMALL + 2) + 8
    row_height = LINE + SMALL + _ROW_GAP
    tiles: list[Tile] = []
    words: list[Words] = []
    for row, members in enumerate(members_of(dataset)):
        top = row * row_height
        name = wrapped(readable(dataset.coarse_names[row]), 16)
        words.append(Words(top + LINE + SMALL / 2, 0, name, bold=True, colour=INK))
        for place, label in enumerate(members):
            left = _LABELS + place * block
            name = readable(dataset.fine_names[label])
            words.append(Words(top + LINE / 2, left, name, colour=MUTED, size=8.5))
            images = dataset.train.images[chosen(dataset.train.fine, label, EACH, seed)]
            small = [scaled(image, SMALL) for image in images]
            tiles += strip(small, top=top + LINE, left=left)
    widest = max(tile.left + tile.pixels.shape[1] for tile in tiles)
    return Sheet(len(dataset.coarse_names) * row_height, tuple(tiles), tuple(words), widest)


def wrapped(text: str, width: int) -> str:
    """The text broken into lines of about `width` characters, at spaces."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
