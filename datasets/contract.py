"""What every data set of this benchmark promises, as small named checks.

Each check looks at one promise and yields a line for each violation, so that one list proves
CIFAR-100 and its stand-in alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from datasets.image_dataset import ImageDataset, Labelled, Labels, content_digest, fingerprint

CLASSES = 100
SUPERCLASSES = 20
IMAGE_SHAPE = (32, 32, 3)
# Training and test images of each class (Krizhevsky 2009, section 3.1).
PER_CLASS = (500, 100)

Check = Callable[[ImageDataset], Iterator[str]]


def _parts(dataset: ImageDataset) -> Iterator[tuple[str, Labelled, int]]:
    yield "train", dataset.train, PER_CLASS[0]
    yield "test", dataset.test, PER_CLASS[1]


def has_all_records(dataset: ImageDataset) -> Iterator[str]:
    """50,000 training and 10,000 test images."""
    for part, labelled, per_class in _parts(dataset):
        if len(labelled) != CLASSES * per_class:
            yield f"{part} has {len(labelled)} images, not {CLASSES * per_class}"


def has_small_colour_images(dataset: ImageDataset) -> Iterator[str]:
    """Images are uint8, 32 x 32 x 3."""
    for part, labelled, _ in _parts(dataset):
        images = labelled.images
        if images.dtype != np.uint8 or images.shape[1:] != IMAGE_SHAPE:
            yield f"{part} images are {images.dtype} {images.shape[1:]}, not uint8 {IMAGE_SHAPE}"


def uses_the_whole_range(dataset: ImageDataset) -> Iterator[str]:
    """Pixels reach from 0 to 255."""
    for part, labelled, _ in _parts(dataset):
        low, high = int(labelled.images.min()), int(labelled.images.max())
        if (low, high) != (0, 255):
            yield f"{part} pixels reach from {low} to {high}, not from 0 to 255"


def classes_are_balanced(dataset: ImageDataset) -> Iterator[str]:
    """Every class has 500 training and 100 test images."""
    for part, labelled, per_class in _parts(dataset):
        yield from _unbalanced(f"{part} class", labelled.fine, CLASSES, per_class)


def superclasses_are_balanced(dataset: ImageDataset) -> Iterator[str]:
    """Every superclass has 2,500 training and 500 test images."""
    for part, labelled, per_class in _parts(dataset):
        expected = per_class * CLASSES // SUPERCLASSES
        yield from _unbalanced(f"{part} superclass", labelled.coarse, SUPERCLASSES, expected)


def _unbalanced(what: str, labels: Labels, classes: int, expected: int) -> Iterator[str]:
    counts = np.bincount(labels, minlength=classes)
    for label, count in enumerate(counts.tolist()):
        wanted = expected if label < classes else 0
        if count != wanted:
            yield f"{what} {label} has {count} images, not {wanted}"


def classes_nest_in_superclasses(dataset: ImageDataset) -> Iterator[str]:
    """Every class lies in one superclass, the same in both parts; each has five classes."""
    fine = np.concatenate([dataset.train.fine, dataset.test.fine]).astype(np.int64)
    coarse = np.concatenate([dataset.train.coarse, dataset.test.coarse])
    pairs = np.unique(np.stack([fine, coarse], axis=1), axis=0)
    classes, parents = np.unique(pairs[:, 0], return_counts=True)
    for label in classes[parents != 1].tolist():
        yield f"class {label} lies in {parents[classes == label][0]} superclasses, not in one"
    superclasses, children = np.unique(pairs[:, 1], return_counts=True)
    wanted = CLASSES // SUPERCLASSES
    for label, count in zip(superclasses.tolist(), children.tolist(), strict=True):
        if count != wanted:
            yield f"superclass {label} has {count} classes, not {wanted}"


def names_are_complete(dataset: ImageDataset) -> Iterator[str]:
    """100 different class names and 20 different superclass names."""
    for kind, names, wanted in (
        ("class", dataset.fine_names, CLASSES),
        ("superclass", dataset.coarse_names, SUPERCLASSES),
    ):
        if len(names) != wanted or len(set(names)) != wanted or not all(names):
            yield f"{len(set(names))} different names of {len(names)} {kind}es, not {wanted}"


def identity_is_true(dataset: ImageDataset) -> Iterator[str]:
    """Fingerprint and content digest are those of the arrays."""
    if fingerprint(dataset.train, dataset.test) != dataset.fingerprint:
        yield "the fingerprint is not that of the records; clear the array cache"
    if content_digest(dataset.train, dataset.test) != dataset.content_digest:
        yield "the content digest is not that of the records; clear the array cache"


CHECKS: tuple[Check, ...] = (
    has_all_records,
    has_small_colour_images,
    uses_the_whole_range,
    classes_are_balanced,
    superclasses_are_balanced,
    classes_nest_in_superclasses,
    names_are_complete,
    identity_is_true,
)


def audit(dataset: ImageDataset) -> list[str]:
    """Every violation of the contract, one line each; an empty list proves the data set.

    Example:
        >>> from datasets import audit, load_shapes100
        >>> audit(load_shapes100())
        []
    """
    return [f"{check.__name__}: {line}" for check in CHECKS for line in check(dataset)]
