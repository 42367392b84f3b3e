"""Folders of class folders, written by a test."""

from pathlib import Path

import numpy as np
from PIL import Image

# Classes of other sizes, so that a label taken from the wrong place shows.
COUNTS = {"cat": 10, "dog": 5, "sun flower": 15}


def shade(name: str, number: int) -> tuple[int, int, int]:
    """The one colour of an image, which tells its class and number."""
    return 80 * list(COUNTS).index(name), 10 * number, 7


def write_image(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (48, 40)) -> None:
    """A PNG file of one colour; size is (width, height)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((size[1], size[0], 3), colour, np.uint8)).save(path, "PNG")


def write_folder(folder: Path) -> Path:
    """Images of one colour each, 10, 5 and 15 of three classes."""
    for name, count in COUNTS.items():
        for number in range(count):
            write_image(folder / name / f"{number:02}.png", shade(name, number))
    return folder
