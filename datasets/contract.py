"""What every data set of this benchmark promises, as small named checks.

Each check looks at one promise and yields a line for each violation, so that one list proves
all of them alike. What is promised of sizes and balance is `ImageDataset.sizes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from datasets.image_dataset import (
    ImageDataset,
    Labelled,
    Labels,
    Sizes,
    content_digest,
    fingerprint,
)

Check = Callable[[ImageDataset], Iterator[str]]


def _splits(dataset: ImageDataset) -> Iterator[tuple[str, Labelled]]:
    yield "train", dataset.train
    yield "test", dataset.test


def _promised(dataset: ImageDataset) -> Iterator[tuple[str, Labelled, Sizes, int]]:
    """The splits with how many images of each class they promise; nothing without a promise."""
    sizes = dataset.sizes
    if sizes is not None:
        yield "train", dataset.train, sizes, sizes.train_per_class
        yield "test", dataset.test, sizes, sizes.test_per_class


def has_all_samples(dataset: ImageDataset) -> Iterator[str]:
    """As many images as promised: of CIFAR-100, 50,000 for training and 10,000 for the test."""
    for split, labelled, sizes, per_class in _promised(dataset):
        if len(labelled) != sizes.classes * per_class:
            yield f"{split} has {len(labelled)} images, not {sizes.classes * per_class}"


def has_small_colour_images(dataset: ImageDataset) -> Iterator[str]:
    """Images are uint8, all of one shape: 32 x 32 x 3 where nothing else is promised."""
    shape = dataset.sizes.image_shape if dataset.sizes else dataset.input_shape
    for split, labelled in _splits(dataset):
        images = labelled.images
        if images.dtype != np.uint8 or images.shape[1:] != shape:
            yield f"{split} images are {images.dtype} {images.shape[1:]}, not uint8 {shape}"


def uses_the_whole_range(dataset: ImageDataset) -> Iterator[str]:
    """Pixels reach from 0 to 255 where the images are known, else they differ at least."""
    for split, labelled in _splits(dataset):
        low, high = int(labelled.images.min()), int(labelled.images.max())
        if dataset.sizes and (low, high) != (0, 255):
            yield f"{split} pixels reach from {low} to {high}, not from 0 to 255"
        elif low == high:
            yield f"every pixel of {split} is {low}"


def every_class_has_images(dataset: ImageDataset) -> Iterator[str]:
    """Every class has a training and a test image, and no label is without a class."""
    for split, labelled in _splits(dataset):
        present = set(np.unique(labelled.fine).tolist())
        for label in sorted(set(range(dataset.num_classes)) - present):
            yield f"{split} has no image of class {dataset.fine_names[label]}"
        for label in sorted(present - set(range(dataset.num_classes))):
            yield f"{split} has label {label}, of {dataset.num_classes} classes"


def classes_are_balanced(dataset: ImageDataset) -> Iterator[str]:
    """Every class has as many images as promised: of CIFAR-100, 500 and 100."""
    for split, labelled, sizes, per_class in _promised(dataset):
        yield from _unbalanced(f"{split} class", labelled.fine, sizes.classes, per_class)


def superclasses_are_balanced(dataset: ImageDataset) -> Iterator[str]:
    """Every superclass has as many images as promised: of CIFAR-100, 2,500 and 500."""
    for split, labelled, sizes, per_class in _promised(dataset):
        expected = per_class * sizes.classes // sizes.superclasses
        yield from _unbalanced(f"{split} superclass", labelled.coarse, sizes.superclasses, expected)


def _unbalanced(what: str, labels: Labels, classes: int, expected: int) -> Iterator[str]:
    counts = np.bincount(labels, minlength=classes)
    for label, count in enumerate(counts.tolist()):
        wanted = expected if label < classes else 0
        if count != wanted:
            yield f"{what} {label} has {count} images, not {wanted}"


def classes_nest_in_superclasses(dataset: ImageDataset) -> Iterator[str]:
    """Every class lies in one superclass, the same in both splits; each has as many as promised."""
    fine = np.concatenate([dataset.train.fine, dataset.test.fine]).astype(np.int64)
    coarse = np.concatenate([dataset.train.coarse, dataset.test.coarse])
    pairs = np.unique(np.stack([fine, coarse], axis=1), axis=0)
    classes, parents = np.unique(pairs[:, 0], return_counts=True)
    for label in classes[parents != 1].tolist():
        yield f"class {label} lies in {parents[classes == label][0]} superclasses, not in one"
    if dataset.sizes is None:
        return
    superclasses, children = np.unique(pairs[:, 1], return_counts=True)
    wanted = dataset.sizes.classes // dataset.sizes.superclasses
    for label, count in zip(superclasses.tolist(), children.tolist(), strict=True):
        if count != wanted:
            yield f"superclass {label} has {count} classes, not {wanted}"


def names_are_complete(dataset: ImageDataset) -> Iterator[str]:
    """A name of its own for every class and every superclass."""
    sizes = dataset.sizes
    for kind, names, labels, promised in (
        ("class", dataset.fine_names, dataset.train.fine, sizes and sizes.classes),
        ("superclass", dataset.coarse_names, dataset.train.coarse, sizes and sizes.superclasses),
    ):
        wanted = promised or int(labels.max()) + 1
        if len(names) != wanted or len(set(names)) != wanted or not all(names):
            yield f"{len(set(names))} different names of {len(names)} {kind}es, not {wanted}"


def identity_is_true(dataset: ImageDataset) -> Iterator[str]:
    """Fingerprint and content digest are those of the arrays."""
    if fingerprint(dataset.train, dataset.test) != dataset.fingerprint:
        yield "the fingerprint is not that of the samples; clear the array cache"
    if content_digest(dataset.train, dataset.test) != dataset.content_digest:
        yield "the content digest is not that of the samples; clear the array cache"


CHECKS: tuple[Check, ...] = (
    has_all_samples,
    has_small_colour_images,
    uses_the_whole_range,
    every_class_has_images,
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
