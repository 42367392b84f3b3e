"""Which images train, validate, or stand for all: pure functions from labels to indices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.errors import DataError

Indices = NDArray[np.int64]


def tail_split(n: int, fraction: float) -> tuple[Indices, Indices]:
    """Hold out the last `fraction` of `n` images, unshuffled, as Keras' `validation_split` does.

    The first floor(n * (1 - fraction)) images train. The product is Keras' own floating-point
    expression (`keras/src/trainers/data_adapters/array_slicing.py`), rounding included.

    Args:
        n: number of images.
        fraction: held out, between 0 and 1.

    Returns:
        Training and validation indices, int64, ascending.

    Raises:
        DataError: `fraction` is not between 0 and 1, or one side would be empty.

    Example:
        >>> train, validation = tail_split(50_000, 0.2)
        >>> len(train), len(validation)
        (40000, 10000)
    """
    _check_fraction(fraction)
    cut = math.floor(n * (1.0 - fraction))
    if not 0 < cut < n:
        raise DataError(
            f"{n} images cannot be split by fraction {fraction}: one side is empty; "
            "give more images or another fraction"
        )
    return np.arange(cut, dtype=np.int64), np.arange(cut, n, dtype=np.int64)


def stratified_split(labels: NDArray[Any], fraction: float, seed: int) -> tuple[Indices, Indices]:
    """Hold out the same fraction of every class, drawn at random.

    Each class of size m gives floor(m * fraction + 1/2) images to validation.

    Args:
        labels: integers (n,).
        fraction: held out of each class, between 0 and 1.
        seed: of the draw; 0 or more.

    Returns:
        Training and validation indices, int64, ascending, disjoint and together complete.

    Raises:
        DataError: bad arguments, or a class is too small to be on both sides.

    Example:
        >>> train, validation = stratified_split(np.array([0, 0, 1, 1]), 0.5, seed=0)
        >>> len(train), len(validation)
        (2, 2)
    """
    _check_fraction(fraction)
    train, validation = [], []
    for label, members in _shuffled_classes(labels, seed):
        held_out = math.floor(len(members) * fraction + 0.5)
        if not 0 < held_out < len(members):
            raise DataError(
                f"class {label} has {len(members)} images, too few to hold out {fraction} of "
                "them; give more images per class or another fraction"
            )
        validation.append(members[:held_out])
        train.append(members[held_out:])
    return _ascending(train), _ascending(validation)


def stratified_subset(labels: NDArray[Any], per_class: int, seed: int) -> Indices:
    """Draw `per_class` images of every class, or all of a class that has no more.

    Subsets of one seed are nested: a smaller one is contained in every larger one, and `per_class`
    equal to the size of the classes gives all images in their own order.

    Args:
        labels: integers (n,).
        per_class: images per class at the most, at least 1.
        seed: of the draw; 0 or more.

    Returns:
        Indices, int64, ascending.

    Raises:
        DataError: bad arguments.

    Example:
        >>> stratified_subset(np.array([0, 0, 0, 1, 1, 1]), 3, seed=0).tolist()
        [0, 1, 2, 3, 4, 5]
    """
    if per_class < 1:
        raise DataError(f"{per_class} images per class asked for; at least 1 is needed")
    return _ascending([members[:per_class] for _, members in _shuffled_classes(labels, seed)])


def _check_fraction(fraction: float) -> None:
    if not 0.0 < fraction < 1.0:
        raise DataError(f"fraction {fraction}; give one between 0 and 1, both excluded")


def _shuffled_classes(labels: NDArray[Any], seed: int) -> list[tuple[int, Indices]]:
    """Each class with its positions in a random order that no other class influences."""
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not len(labels):
        raise DataError(
            f"labels of shape {labels.shape} and dtype {labels.dtype}; "
            "give integers of shape (n,), n at least 1"
        )
    if seed < 0:
        raise DataError(f"seed {seed}; give 0 or more")
    if labels.min() < 0:
        raise DataError(f"label {labels.min()}; give labels of 0 or more")
    # RandomState's stream is frozen by NumPy's compatibility policy, default_rng's is not.
    return [
        (label, np.random.RandomState([seed, label]).permutation(np.flatnonzero(labels == label)))
        for label in np.unique(labels).tolist()
    ]


def _ascending(parts: list[Indices]) -> Indices:
    return np.sort(np.concatenate(parts)).astype(np.int64)
