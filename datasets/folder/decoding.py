"""One image file as pixels of a stated size, whatever the file tries."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from datasets.errors import DataError
from datasets.image_dataset import Pixels
from datasets.reading import read_file

_LARGEST_FILE = 64_000_000
# A photograph of 50 megapixels decodes to 150 MB.
_MOST_PIXELS = 50_000_000
# What Pillow raises on files that are damaged or were made to mislead it.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    IndexError,
    KeyError,
    AttributeError,
    OverflowError,
    MemoryError,
    ZeroDivisionError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


def decode(path: Path, size: int) -> Pixels:
    """Read a PNG or JPEG file, turn it upright, and resize it, without regard to its proportions.

    Args:
        path: of the file.
        size: pixels a side of the result.

    Returns:
        uint8 (size, size, 3), RGB; what is transparent shows its colour. Resized bilinearly, each
        pixel over all those that it covers (Pillow's `BILINEAR`).

    Raises:
        DataError: the file is missing, too large, or no image.
    """
    try:
        content = read_file(path, _LARGEST_FILE)
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing; start again once the folder is complete") from error
    try:
        with warnings.catch_warnings():
            # Pillow only warns of what is refused two lines below.
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        width, height = image.size
        if width * height > _MOST_PIXELS:
            raise DataError(
                f"{path} has {width} x {height} pixels, {_MOST_PIXELS:,} at the most are read; "
                "make it smaller"
            )
        upright = ImageOps.exif_transpose(image).convert("RGB")
        small = upright.resize((size, size), Image.Resampling.BILINEAR)
    except DataError:
        raise
    except _BROKEN as error:
        raise DataError(
            f"{path} is not a sound PNG or JPEG image ({error}); replace or remove it"
        ) from error
    return np.asarray(small, dtype=np.uint8)
