"""Affine maps of whole batches on any Keras backend, compiled or not.

The maps are those of Keras' `ImageDataGenerator` (`keras/src/legacy/preprocessing/image.py`),
pixel by pixel. Sampling is written with `take` because TensorFlow's own projective transform has
no XLA kernel, and so would not compile into a training step on a GPU; and coordinates are sums of
products rather than a matrix product, because accelerators round the latter to few bits.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import keras
from keras import ops

from datasets.augmentation.parameters import AffineAugmentation

Tensor = Any


class AffineParameters(NamedTuple):
    """One affine map an image, under the names that `ImageDataGenerator` gives them.

    Attributes:
        theta: float32 (n,), rotation in degrees.
        tx: float32 (n,), drawn from `height_shift`, in pixels.
        ty: float32 (n,), drawn from `width_shift`, in pixels.
        shear: float32 (n,), in degrees.
        zx: float32 (n,), zoom factor.
        zy: float32 (n,), zoom factor.
        flip_horizontal: bool (n,), applied after the map.
        flip_vertical: bool (n,), applied after the map.
    """

    theta: Tensor
    tx: Tensor
    ty: Tensor
    shear: Tensor
    zx: Tensor
    zy: Tensor
    flip_horizontal: Tensor
    flip_vertical: Tensor


def draw_parameters(
    augmentation: AffineAugmentation,
    count: Tensor,
    image_size: tuple[int, int],
    seed: keras.random.SeedGenerator,
) -> AffineParameters:
    """Draw a map for each of `count` images, as `get_random_transform` distributes them.

    Args:
        augmentation: the ranges.
        count: number of images, an integer or an integer tensor.
        image_size: height and width in pixels.
        seed: its state advances by one draw.
    """
    unit = keras.random.uniform((8, count), dtype="float32", seed=seed)
    return scale_parameters(augmentation, unit, image_size)


def scale_parameters(
    augmentation: AffineAugmentation, unit: Tensor, image_size: tuple[int, int]
) -> AffineParameters:
    """The maps that draws from [0, 1) stand for, float32 (8, n), of a backend or of NumPy."""
    height, width = image_size

    def between(row: int, half_range: float, centre: float = 0.0) -> Tensor:
        return (unit[row] * 2.0 - 1.0) * half_range + centre

    return AffineParameters(
        theta=between(0, augmentation.rotation_degrees),
        tx=between(1, augmentation.height_shift * height),
        ty=between(2, augmentation.width_shift * width),
        shear=between(3, augmentation.shear_degrees),
        zx=between(4, augmentation.zoom, 1.0),
        zy=between(5, augmentation.zoom, 1.0),
        flip_horizontal=unit[6] < (0.5 if augmentation.horizontal_flip else 0.0),
        flip_vertical=unit[7] < (0.5 if augmentation.vertical_flip else 0.0),
    )


def projective_transforms(
    parameters: AffineParameters, image_size: tuple[int, int], ops: Any = ops
) -> Tensor:
    """The maps as float32 (n, 8), in the convention of `keras.ops.image.affine_transform`.

    A row (a0, a1, a2, b0, b1, b2, 0, 0) reads the output pixel at column x and row y from column
    a0 x + a1 y + a2 and row b0 x + b1 y + b2 of the input. As in `apply_affine_transform` it is
    rotation @ shift @ shear @ zoom about the centre, which multiplies out to

        [ zx cos(theta)  -zy sin(theta + shear)  tx cos(theta) - ty sin(theta) ]
        [ zx sin(theta)   zy cos(theta + shear)  tx sin(theta) + ty cos(theta) ]

    The function there swaps rows and columns at its end, and so do the roles here: `tx` moves
    columns though it is drawn from the height, and the centre of the columns is taken from the
    height. On square images with equal ranges neither shows.

    Args:
        parameters: of n maps.
        image_size: height and width in pixels.
        ops: `keras.ops`, or `numpy` for parameters in NumPy's arrays.
    """
    height, width = image_size
    theta = parameters.theta * (math.pi / 180)
    slanted = theta + parameters.shear * (math.pi / 180)
    cos, sin = ops.cos(theta), ops.sin(theta)
    a0, a1 = parameters.zx * cos, -parameters.zy * ops.sin(slanted)
    b0, b1 = parameters.zx * sin, parameters.zy * ops.cos(slanted)
    centre_x, centre_y = height / 2 - 0.5, width / 2 - 0.5
    a2 = parameters.tx * cos - parameters.ty * sin + centre_x - a0 * centre_x - a1 * centre_y
    b2 = parameters.tx * sin + parameters.ty * cos + centre_y - b0 * centre_x - b1 * centre_y

    def mirrored(factor: Tensor, offset: Tensor, size: int, mirror: Tensor) -> list[Tensor]:
        """Coefficients after the output coordinate is replaced by size - 1 - coordinate."""
        return [
            ops.where(mirror, -factor, factor),
            ops.where(mirror, offset + factor * (size - 1), offset),
        ]

    a0, a2 = mirrored(a0, a2, width, parameters.flip_horizontal)
    b0, b2 = mirrored(b0, b2, width, parameters.flip_horizontal)
    a1, a2 = mirrored(a1, a2, height, parameters.flip_vertical)
    b1, b2 = mirrored(b1, b2, height, parameters.flip_vertical)
    zero = ops.zeros_like(a0)
    return ops.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1)


def sample(images: Tensor, transforms: Tensor) -> Tensor:
    """Move the pixels of each image: bilinear, the nearest edge pixel outside.

    Args:
        images: (n, height, width, channels) of any dtype; height and width known.
        transforms: (n, 8), see `projective_transforms`.

    Returns:
        float32 of the shape of `images`.
    """
    _, height, width, channels = images.shape
    n = ops.shape(images)[0]
    x = ops.arange(width, dtype="float32")[None, None, :]
    y = ops.arange(height, dtype="float32")[None, :, None]
    # Not `transforms[:, i, None, None]`: TensorFlow's graph optimizer drops those new axes where
    # it sees the slice meet the stack that made the transforms.
    a0, a1, a2, b0, b1, b2 = (ops.reshape(transforms[:, i], (-1, 1, 1)) for i in range(6))
    left, right, across = _adjacent(a0 * x + a1 * y + a2, width)
    top, bottom, down = _adjacent(b0 * x + b1 * y + b2, height)

    pixels = ops.reshape(images, (-1, channels))
    first = (ops.arange(n, dtype="int32") * (height * width))[:, None, None]

    def at(row: Tensor, column: Tensor) -> Tensor:
        return ops.cast(ops.take(pixels, first + row * width + column, axis=0), "float32")

    upper = at(top, left) * (1 - across) + at(top, right) * across
    lower = at(bottom, left) * (1 - across) + at(bottom, right) * across
    return upper * (1 - down) + lower * down


def _adjacent(coordinate: Tensor, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pixels on both sides of a coordinate, int32, and the second one's weight, (..., 1)."""
    inside = ops.clip(coordinate, 0.0, size - 1.0)
    before = ops.floor(inside)
    index = ops.cast(before, "int32")
    return index, ops.minimum(index + 1, size - 1), (inside - before)[..., None]
