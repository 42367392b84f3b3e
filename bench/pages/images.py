"""Small images inside a page, so that it needs no other file."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray


def image_address(pixels: NDArray[np.uint8]) -> str:
    """A `data:` address of an image, uint8 (height, width, 3), as PNG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
