"""Images of one shape: anywhere, of any size, colour and direction, among clutter and noise.

All randomness is drawn first, as rows of numbers, one row an image, from NumPy's `RandomState`,
whose stream is frozen; so the first n images are the same however many are drawn. Everything
after is rounded IEEE arithmetic in float32, the same to the bit everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from datasets.shapes100.families import Draw, Plane, disc, stroke

SIZE = 32
_NUMBERS_A_PICTURE = 40


class _Numbers:
    """Uniform numbers of a batch, taken column by column; each has shape (n, 1, 1)."""

    def __init__(self, table: NDArray[np.float64]) -> None:
        self._columns: Iterator[NDArray[np.float64]] = iter(table.T)

    def between(self, low: float, high: float) -> Plane:
        column = next(self._columns) * (high - low) + low
        return column.astype(np.float32)[:, None, None]

    def colour(self) -> Plane:
        """Any RGB colour, (n, 1, 1, 3)."""
        return np.stack([self.between(0.0, 255.0) for _ in range(3)], axis=-1)


def draw_images(
    draw: Draw, variant: int, count: int, random: np.random.RandomState
) -> NDArray[np.uint8]:
    """Draw `count` images of one variant of a family.

    Args:
        draw: the family's signed distance.
        variant: 0 to 4.
        count: how many.
        random: the stream that the images are drawn from.

    Returns:
        uint8 (count, 32, 32, 3).
    """
    # A stream of its own for the noise: both then go on where a smaller draw ended.
    noises = np.random.RandomState(random.randint(2**31 - 1))
    numbers = _Numbers(random.random_sample((count, _NUMBERS_A_PICTURE)))
    # Two dice of -12..12 make noise with tails that need no logarithm.
    noise = noises.randint(-12, 13, (count, 2, SIZE, SIZE, 3)).astype(np.int8)
    centres = np.arange(SIZE, dtype=np.float32) - np.float32((SIZE - 1) / 2)
    x, y = centres[None, None, :], centres[None, :, None]

    back = numbers.colour()
    front = _contrasting(back, numbers)
    canvas = _background(back, x, y, numbers)
    for _ in range(2):
        canvas = _blend(canvas, _thread(x, y, numbers), numbers.colour())
    u, v, radius = _frame(x, y, numbers)
    canvas = _blend(canvas, -draw(u, v, variant) * radius, front)
    canvas = _blend(canvas, _blot(x, y, numbers), numbers.colour())
    # 0.5 rounds the truncation to the nearest integer.
    noisy = canvas + (noise[:, 0] + noise[:, 1]).astype(np.float32) + np.float32(0.5)
    return np.minimum(np.maximum(noisy, 0.0), 255.0).astype(np.uint8)


def _contrasting(colour: Plane, numbers: _Numbers) -> Plane:
    """A colour that differs by at least 50 in every channel, brighter or darker alike."""
    shift = np.stack([numbers.between(50.0, 206.0) for _ in range(3)], axis=-1)
    shifted = colour + shift
    return np.where(shifted >= 256.0, shifted - np.float32(256.0), shifted)


def _background(colour: Plane, x: Plane, y: Plane, numbers: _Numbers) -> Plane:
    """The colour with a slope of up to 2 grey levels a pixel in each direction."""
    slope_x, slope_y = numbers.between(-2.0, 2.0), numbers.between(-2.0, 2.0)
    return colour + (x * slope_x + y * slope_y)[..., None]


def _frame(x: Plane, y: Plane, numbers: _Numbers) -> tuple[Plane, Plane, Plane]:
    """Coordinates in the shape's own frame, and its radius in pixels."""
    radius = numbers.between(7.5, 13.5)
    room = np.float32(SIZE / 2) - radius * np.float32(0.85)
    dx = x - numbers.between(-1.0, 1.0) * room
    dy = y - numbers.between(-1.0, 1.0) * room
    # The rational parametrisation of the circle: t is the tangent of half the angle, of up to 45
    # degrees either way.
    t = numbers.between(-0.41, 0.41)
    c, s = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
    stretch = numbers.between(0.9, 1.1)
    u = (dx * c + dy * s) / (radius * stretch)
    v = (dy * c - dx * s) * stretch / radius
    return u, v, radius


def _thread(x: Plane, y: Plane, numbers: _Numbers) -> Plane:
    """A thin line across the image, in pixels."""
    t = numbers.between(-1.0, 1.0)
    c, s = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
    away, along = numbers.between(-14.0, 14.0), numbers.between(-12.0, 12.0)
    u, v = x * c + y * s - along, y * c - x * s - away
    return -stroke(u, v, (-6.0, 0.0), (6.0, 0.0), 0.7)


def _blot(x: Plane, y: Plane, numbers: _Numbers) -> Plane:
    """A small disc that may hide a part of the shape, in pixels; absent from half the images."""
    size = numbers.between(-4.5, 4.5)
    u, v = x - numbers.between(-13.0, 13.0), y - numbers.between(-13.0, 13.0)
    return np.where(size > 1.0, -disc(u, v, 0.0) + size, np.float32(-1.0))


def _blend(canvas: Plane, depth: Plane, colour: Plane) -> Plane:
    """Paint `colour` where `depth` (pixels inside the edge) is positive, with a smooth edge."""
    cover = np.minimum(np.maximum(depth + np.float32(0.5), 0.0), 1.0)[..., None]
    return canvas + cover * (colour - canvas)
