"""Images that tell their own place, in splits that no one could take for each other."""

import numpy as np
from numpy.typing import NDArray

from datasets import ImageDataset
from datasets.image_dataset import Labelled

CLASSES = 4
# Images of each class: unlike everywhere, so that wrong rows, labels and splits show.
TRAIN_COUNTS, TEST_COUNTS = (14, 11, 12, 13), (7, 9, 8, 10)


def _labelled(counts: tuple[int, ...], first: int, seed: int) -> Labelled:
    labels = np.repeat(np.arange(CLASSES, dtype=np.uint8), counts)
    labels = np.random.default_rng(seed).permutation(labels)
    images = np.zeros((len(labels), 8, 8, 3), np.uint8)
    images[:] = (first + np.arange(len(labels)))[:, None, None, None]
    return Labelled(images, labels, labels // 2)


def dataset() -> ImageDataset:
    """Every pixel of training image i is i, of test image i is 100 + i; classes are unordered."""
    return ImageDataset(
        name="unlike",
        train=_labelled(TRAIN_COUNTS, 0, 1),
        test=_labelled(TEST_COUNTS, 100, 2),
        fine_names=("a", "b", "c", "d"),
        coarse_names=("ab", "cd"),
        source="drawn here",
        fingerprint="f" * 64,
        content_digest="c" * 64,
    )


def places(images: NDArray[np.uint8]) -> list[int]:
    """Which images these are: below 100 of the training split, from 100 on of the test split."""
    return images[:, 0, 0, 0].tolist()
