"""A sheet of images: many small images set as one image, with words between them.

Everything on a sheet is placed in units of one image pixel, each drawn as a whole number of dots,
so that no pixel comes out wider than its neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray
from PIL import Image

from bench.pages.figures import INK

# What `Figure.png` draws with.
DOTS_PER_INCH = 144
DOTS_PER_UNIT = 2
# Units: 9 inches, the width of every figure of the exploration.
WIDTH = 648
# Units a side of an image among many.
SMALL = 32
LINE = 13
# A point is a unit, at these dots.
TEXT_SIZE = 9.0
# Half the height of a capital letter, as a fraction of the text's size.
_HALF_LETTER = 0.365


@dataclass(frozen=True, eq=False)
class Tile:
    """An image and where its upper left corner lies.

    Attributes:
        top: units from the upper edge.
        left: units from the left edge.
        pixels: uint8 (height, width, 3).
    """

    top: int
    left: int
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class Words:
    """A line of text, or a few, whose vertical middle is at `top`.

    Attributes:
        top: units from the upper edge.
        left: units from the left edge, of the end that `align` names.
        text: the words; a line break starts another line.
        align: which end of the text is at `left`.
        colour: of the palette in `bench.pages.figures`.
        bold: whether it is a heading.
        size: in points.
    """

    top: float
    left: float
    text: str
    align: Literal["left", "center", "right"] = "left"
    colour: str = INK
    bold: bool = False
    size: float = TEXT_SIZE


@dataclass(frozen=True, eq=False)
class Sheet:
    """Images and words on one page.

    Attributes:
        height: units.
        tiles: the images; they must lie inside and not on each other.
        words: the texts.
        width: units.
    """

    height: int
    tiles: tuple[Tile, ...]
    words: tuple[Words, ...] = ()
    width: int = WIDTH

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        inches = DOTS_PER_UNIT / DOTS_PER_INCH
        return self.width * inches, self.height * inches

    def mosaic(self) -> NDArray[np.uint8]:
        """All images in one, uint8 (height, width, 4): RGB, and 0 where there is no image.

        Raises:
            ValueError: an image does not lie on the sheet.
        """
        image = np.zeros((self.height, self.width, 4), np.uint8)
        for tile in self.tiles:
            rows, columns = tile.pixels.shape[:2]
            place = image[tile.top : tile.top + rows, tile.left : tile.left + columns]
            if min(tile.top, tile.left) < 0 or place.shape[:2] != (rows, columns):
                raise ValueError(f"an image at {(tile.top, tile.left)} leaves the sheet")
            place[..., :3] = tile.pixels
            place[..., 3] = 255
        return image

    def draw(self, canvas: Canvas) -> None:
        """Draw on a canvas of this sheet's size."""
        # Nothing here gives way to anything else: a layout would only move the pixels.
        canvas.set_layout_engine("none")
        axes = canvas.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        image = self.mosaic()
        axes.imshow(
            image,
            extent=(0, self.width, self.height, 0),
            # SVG keeps the pixels as they are; at whole dots a pixel so does PNG.
            interpolation="none",
            aspect="auto",
        )
        for words in self.words:
            single = "\n" not in words.text
            axes.text(
                words.left,
                # By the baseline, or a word with descenders would stand higher than the next.
                words.top + single * _HALF_LETTER * words.size,
                words.text,
                ha=words.align,
                va="baseline" if single else "center",
                color=words.colour,
                fontsize=words.size,
                fontweight="bold" if words.bold else "normal",
                linespacing=1.1,
            )


def strip(
    images: Sequence[NDArray[np.uint8]], *, top: int, left: int, gap: int = 2
) -> tuple[Tile, ...]:
    """Images side by side from an upper left corner, `gap` units apart."""
    tiles = []
    for pixels in images:
        tiles.append(Tile(top, left, pixels))
        left += pixels.shape[1] + gap
    return tuple(tiles)


def magnified(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Every pixel of an image (height, width, 3) as a square of `times` by `times`."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def scaled(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """An image (height, width, 3) as large as `side` allows by whole numbers, or shrunk to it."""
    largest = max(pixels.shape[:2])
    if largest <= side:
        return magnified(pixels, side // largest)
    height, width = (max(1, round(length * side / largest)) for length in pixels.shape[:2])
    small = Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX)
    return np.asarray(small)
