"""Augmentation of images in memory, on a CPU: the same maps and pixels as the layer's.

OpenCV moves an image many times as fast as a graph can: its loop is compiled, vectorised, and
keeps the image in the cache.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.augmentation.affine import projective_transforms, scale_parameters
from datasets.augmentation.parameters import AffineAugmentation

# Images that are turned into float32 at a time: 0.8 MB of 32x32.
_IN_CACHE = 64


def augment(
    augmentation: AffineAugmentation, images: NDArray[np.uint8], stream: tuple[int, ...]
) -> NDArray[np.float32]:
    """Move each image by a map of its own, drawn as `RandomAffine` draws it.

    Args:
        augmentation: the ranges.
        images: uint8 (n, height, width, channels).
        stream: of the draws; the same stream gives the same maps.

    Returns:
        float32 of the shape of `images`, in the same range.
    """
    size = images.shape[1], images.shape[2]
    unit = np.random.default_rng(stream).random((8, len(images)), np.float32)
    parameters = scale_parameters(augmentation, unit, size)
    return move(images, projective_transforms(parameters, size, ops=np))


def move(images: NDArray[np.uint8], transforms: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move the pixels of each image: bilinear, the nearest edge pixel outside.

    Args:
        images: (n, height, width, channels).
        transforms: (n, 8), see `datasets.augmentation.affine.projective_transforms`.

    Returns:
        float32 of the shape of `images`.
    """
    _, height, width, _ = images.shape
    moved = np.empty(images.shape, np.float32)
    maps = transforms[:, :6].reshape(-1, 2, 3).astype(np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for start in range(0, len(images), _IN_CACHE):
        here = slice(start, start + _IN_CACHE)
        still = images[here].astype(np.float32)
        for image, matrix, out in zip(still, maps[here], moved[here], strict=True):
            cv2.warpAffine(image, matrix, (width, height), out, flags, cv2.BORDER_REPLICATE)
    return moved
