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
_NUMBERS_AN_IMAGE = 40


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
    draw: Draw,
    variant: int,
    count: int,
    random: np.random.RandomState,
    difficulty: float,
) -> NDArray[np.uint8]:
    """Draw `count` images of one variant of a family.

    Args:
        draw: the family's signed distance.
        variant: 0 to 4.
        count: how many.
        random: the stream that the images are drawn from.
        difficulty: 0 to 1; the same scenes are drawn whatever it is, in poses, colours, clutter
            and noise that are the further from plain.

    Returns:
        uint8 (count, 32, 32, 3).
    """
    # A stream of its own for the noise: both then go on where a smaller draw ended.
    noises = np.random.RandomState(random.randint(2**31 - 1))
    numbers = _Numbers(random.random_sample((count, _NUMBERS_AN_IMAGE)))
    # Two dice of -12..12 make noise with tails that need no logarithm.
    noise = noises.randint(-12, 13, (count, 2, SIZE, SIZE, 3)).astype(np.int8)
    centres = np.arange(SIZE, dtype=np.float32) - np.float32((SIZE - 1) / 2)
    x, y = centres[None, None, :], centres[None, :, None]

    back, front = _colours(numbers, difficulty)
    canvas = _background(back, x, y, numbers, difficulty)
    for _ in range(2):
        canvas = _blend(canvas, _thread(x, y, numbers, difficulty), numbers.colour())
    u, v, radius = _frame(x, y, numbers, difficulty)
    canvas = _blend(canvas, -draw(u, v, variant) * radius, front)
    canvas = _blend(canvas, _blot(x, y, numbers, difficulty), numbers.colour())
    grain = (noise[:, 0] + noise[:, 1]).astype(np.float32) * np.float32(_part(difficulty))
    # 0.5 rounds the truncation to the nearest integer.
    noisy = canvas + grain + np.float32(0.5)
    return np.minimum(np.maximum(noisy, 0.0), 255.0).astype(np.uint8)


def _part(difficulty: float) -> float:
    """How much of what varies in every image varies: a quarter at least, so that none is alike."""
    return 0.25 + 0.75 * difficulty


def _colours(numbers: _Numbers, difficulty: float) -> tuple[Plane, Plane]:
    """A dark and a brighter colour, by at least 50 in every channel: background and shape.

    The harder, the more often the shape is the darker one; half the time at the most.
    """
    dark = np.stack([numbers.between(0.0, 110.0) for _ in range(3)], axis=-1)
    bright = dark + np.stack([numbers.between(50.0, 145.0) for _ in range(3)], axis=-1)
    turned = (numbers.between(0.0, 1.0) < 0.5 * difficulty)[..., None]
    return np.where(turned, bright, dark), np.where(turned, dark, bright)


def _background(colour: Plane, x: Plane, y: Plane, numbers: _Numbers, difficulty: float) -> Plane:
    """The colour with a slope of up to 2 grey levels a pixel in each direction."""
    steepest = 2.0 * difficulty
    slope_x, slope_y = (numbers.between(-steepest, steepest) for _ in range(2))
    return colour + (x * slope_x + y * slope_y)[..., None]


def _frame(x: Plane, y: Plane, numbers: _Numbers, difficulty: float) -> tuple[Plane, Plane, Plane]:
    """Coordinates in the shape's own frame, and its radius in pixels."""
    part = _part(difficulty)
    radius = numbers.between(13.5 - 6.0 * part, 13.5)
    room = np.float32(SIZE / 2) - radius * np.float32(0.85)
    dx = x - numbers.between(-part, part) * room
    dy = y - numbers.between(-part, part) * room
    # The rational parametrisation of the circle: t is the tangent of half the angle, of up to 45
    # degrees either way.
    t = numbers.between(-0.41 * part, 0.41 * part)
    c, s = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
    stretch = numbers.between(0.9, 1.1)
    # As photographs do, shapes look to either side.
    side = np.where(numbers.between(-1.0, 1.0) < 0.0, np.float32(-1.0), np.float32(1.0))
    u = (dx * c + dy * s) * side / (radius * stretch)
    v = (dy * c - dx * s) * stretch / radius
    return u, v, radius


def _thread(x: Plane, y: Plane, numbers: _Numbers, difficulty: float) -> Plane:
    """A thin line across the image, in pixels; as often there as the images are difficult."""
    there = numbers.between(0.0, 1.0) < difficulty
    t = numbers.between(-1.0, 1.0)
    c, s = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
    away, along = numbers.between(-14.0, 14.0), numbers.between(-12.0, 12.0)
    u, v = x * c + y * s - along, y * c - x * s - away
    return np.where(there, -stroke(u, v, (-6.0, 0.0), (6.0, 0.0), 0.7), np.float32(-1.0))


def _blot(x: Plane, y: Plane, numbers: _Numbers, difficulty: float) -> Plane:
    """A small disc that may hide a part of the shape, in pixels; in half the images at most."""
    there = numbers.between(0.0, 1.0) < 0.5 * difficulty
    size = numbers.between(1.0, 4.5)
    u, v = x - numbers.between(-13.0, 13.0), y - numbers.between(-13.0, 13.0)
    return np.where(there, size - disc(u, v, 0.0), np.float32(-1.0))


def _blend(canvas: Plane, depth: Plane, colour: Plane) -> Plane:
    """Paint `colour` where `depth` (pixels inside the edge) is positive, with a smooth edge."""
    cover = np.minimum(np.maximum(depth + np.float32(0.5), 0.0), 1.0)[..., None]
    return canvas + cover * (colour - canvas)
