"""A labelled image data set: images, fine and coarse labels, names, and what identifies it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.errors import DataError
from datasets.taxonomy import Taxonomy

Pixels = NDArray[np.uint8]
Labels = NDArray[np.uint8]
# Labels are bytes, so that a label costs as much on disk as in the official files.
MOST_CLASSES = 256


@dataclass(frozen=True)
class Sizes:
    """How much a data set holds, where every class holds as much as any other.

    Attributes:
        classes: how many.
        superclasses: how many; each has as many classes as any other.
        train_per_class: training images of each class.
        test_per_class: test images of each class.
        image_shape: height, width and channels, in pixels.
    """

    classes: int
    superclasses: int
    train_per_class: int
    test_per_class: int
    image_shape: tuple[int, int, int] = (32, 32, 3)


@dataclass(frozen=True, eq=False)
class Labelled:
    """Images and their labels, sample by sample.

    Attributes:
        images: uint8 (n, height, width, 3), RGB, 0 to 255; read-only, often mapped from disk.
        fine: uint8 (n,), the class.
        coarse: uint8 (n,), the superclass.

    Raises:
        DataError: the shapes or dtypes differ from these.
    """

    images: Pixels
    fine: Labels
    coarse: Labels

    def __post_init__(self) -> None:
        shapes = self.images.shape, self.fine.shape, self.coarse.shape
        dtypes = {str(array.dtype) for array in (self.images, self.fine, self.coarse)}
        n = len(self.images)
        if self.images.ndim != 4 or shapes[0][3] != 3 or shapes[1:] != ((n,), (n,)):
            raise DataError(
                f"images {shapes[0]}, fine labels {shapes[1]} and coarse labels {shapes[2]} do not "
                "belong together; give arrays of shapes (n, height, width, 3), (n,) and (n,)"
            )
        if dtypes != {"uint8"}:
            raise DataError(f"arrays of dtype {', '.join(sorted(dtypes))}; convert them to uint8")

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, eq=False)
class ImageDataset:
    """A data set as every approach sees it.

    Attributes:
        name: of its entry.
        train: the training images.
        test: the test images.
        fine_names: name of each class, by its label.
        coarse_names: name of each superclass, by its label.
        source: for people, where the images come from and in which order they are.
        fingerprint: what `fingerprint(train, test)` gives: the same images in the same order.
        content_digest: what `content_digest(train, test)` gives: the same images in any order.
        title: for people, as `CIFAR-100`; the name unless given.
        synthetic: whether the images are computed, so that no published number can be held
            against their scores.
        sizes: what the data set promises of its balance, or `None` where it promises nothing.
    """

    name: str
    train: Labelled
    test: Labelled
    fine_names: tuple[str, ...]
    coarse_names: tuple[str, ...]
    source: str
    fingerprint: str
    content_digest: str
    title: str = ""
    synthetic: bool = False
    sizes: Sizes | None = None

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.name)

    @property
    def num_classes(self) -> int:
        """How many fine classes there are."""
        return len(self.fine_names)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        height, width, channels = self.train.images.shape[1:]
        return height, width, channels

    @property
    def taxonomy(self) -> Taxonomy:
        """What the labels mean.

        Raises:
            DataError: a class has no training image.
        """
        return Taxonomy(self.fine_names, self.coarse_names, self.fine_to_coarse)

    @property
    def fine_to_coarse(self) -> tuple[int, ...]:
        """The superclass of each class, read from its first training image.

        Raises:
            DataError: a class has no training image.
        """
        classes, first = np.unique(self.train.fine, return_index=True)
        if classes.tolist() != list(range(self.num_classes)):
            raise DataError(
                f"{self.name} has training images of {len(classes)} of its {self.num_classes} "
                "classes; load the complete data set"
            )
        return tuple(self.train.coarse[first].tolist())


def fingerprint(train: Labelled, test: Labelled) -> str:
    """SHA-256 of shapes, pixels and labels, training then test, in the order of the samples."""
    digest = hashlib.sha256()
    for part in (train, test):
        for array in (part.images, part.fine, part.coarse):
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(_buffer(array))
    return digest.hexdigest()


def content_digest(train: Labelled, test: Labelled) -> str:
    """SHA-256 that does not depend on the order of the samples within each split.

    It hashes the sorted SHA-256 sums of the samples, a sample being its pixels (row by row, RGB),
    its fine and its coarse label; so it recognises a data set that was shuffled, and changes with
    any pixel, any label, and any sample added, removed or moved between the splits.
    """
    digest = hashlib.sha256()
    for part in (train, test):
        digest.update(f"{part.images.shape}".encode())
        labels = np.stack([part.fine, part.coarse], axis=1)
        samples = (
            hashlib.sha256(_buffer(image) + label.tobytes()).digest()
            for image, label in zip(part.images, labels, strict=True)
        )
        digest.update(b"".join(sorted(samples)))
    return digest.hexdigest()


def _buffer(array: NDArray[Any]) -> bytes | memoryview:
    return np.ascontiguousarray(array).data if array.ndim == 4 else array.tobytes()
