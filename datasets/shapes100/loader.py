"""shapes100: a synthetic stand-in for CIFAR-100, for machines where that cannot be had.

100 classes in 20 superclasses of 5, 500 training and 100 test images a class, 32 x 32 RGB. A
superclass is a family of shapes, a class one variant of it, such as the number of points of a
star. Position, size, direction, colours, clutter, a hiding blot and noise are random and say
nothing about the class.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from datasets.array_cache import Bundle, cached
from datasets.errors import DataError
from datasets.image_dataset import ImageDataset, Labelled, Sizes, content_digest, fingerprint
from datasets.shapes100.families import FAMILIES
from datasets.shapes100.scenes import SIZE, draw_images

PER_CLASS = (500, 100)

# Raised whenever a change alters any pixel, so that no cache serves images of an older kind.
_VERSION = 2
# What makes shapes100 as hard as it is meant to be, see `docs/shapes100.md`.
DIFFICULTY = 0.35
_TRAIN, _TEST, _ORDER = 0, 1, 2


def load_shapes100(
    *,
    seed: int = 0,
    per_class: tuple[int, int] | None = None,
    difficulty: float = DIFFICULTY,
    cache_dir: Path | None = None,
) -> ImageDataset:
    """Draw shapes100, or map it from the array cache.

    The images are a pure function of the arguments, the same to the bit on every machine, and
    a smaller set holds the same images as a larger one of its seed, in another order.

    Args:
        seed: of all randomness; 0 to 2**32 - 1.
        per_class: training and test images of each class, (500, 100) unless given.
        difficulty: 0 to 1; how far poses, colours, clutter and noise are from plain. Scores at
            several values, and why the default is what it is: `docs/shapes100.md`.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.

    Returns:
        The data set, each split in shuffled order.

    Raises:
        DataError: `seed`, `per_class` or `difficulty` is out of range, or `cache_dir` cannot be
            written.
    """
    if not 0 <= seed < 2**32:
        raise DataError(f"seed {seed}; give one from 0 to {2**32 - 1}")
    per_class = per_class or PER_CLASS
    if min(per_class) < 1:
        raise DataError(f"per_class {per_class}; give at least one image a class in each split")
    if not 0.0 <= difficulty <= 1.0:
        raise DataError(f"difficulty {difficulty}; give a number from 0 to 1")
    difficulty = float(difficulty)
    bundle = cached(
        f"shapes100-{seed}-{per_class[0]}-{per_class[1]}-{difficulty}",
        {"version": _VERSION, "seed": seed, "per_class": per_class, "difficulty": difficulty},
        lambda: _draw(seed, per_class, difficulty),
        cache_dir,
    )
    train, test = (
        Labelled(
            bundle.arrays[f"{split}_images"],
            bundle.arrays[f"{split}_fine"],
            bundle.arrays[f"{split}_fine"] // np.uint8(5),
        )
        for split in ("train", "test")
    )
    return ImageDataset(
        name="shapes100",
        train=train,
        test=test,
        fine_names=tuple(name for family in FAMILIES for name in family.variants),
        coarse_names=tuple(family.name for family in FAMILIES),
        source=f"shapes100 version {_VERSION}, seed {seed}, difficulty {difficulty:g}, "
        "in shuffled order",
        fingerprint=bundle.facts["fingerprint"],
        content_digest=bundle.facts["content_digest"],
        title="shapes100 (synthetic images)",
        synthetic=True,
        sizes=Sizes(100, len(FAMILIES), *per_class),
    )


def _draw(seed: int, per_class: tuple[int, int], difficulty: float) -> Bundle:
    train, test = (
        _draw_split(seed, split, per_class[split], difficulty) for split in (_TRAIN, _TEST)
    )
    return Bundle(
        {
            "train_images": train.images,
            "train_fine": train.fine,
            "test_images": test.images,
            "test_fine": test.fine,
        },
        {"fingerprint": fingerprint(train, test), "content_digest": content_digest(train, test)},
    )


def _draw_split(seed: int, split: int, per_class: int, difficulty: float) -> Labelled:
    """One split, its samples shuffled so that any stretch of them has all classes."""
    variants = [(family.draw, variant) for family in FAMILIES for variant in range(5)]
    n = len(variants) * per_class
    order = np.random.RandomState([seed, split, _ORDER]).permutation(n)
    images = np.empty((n, SIZE, SIZE, 3), np.uint8)
    fine = np.empty(n, np.uint8)

    def draw_class(label: int) -> None:
        draw, variant = variants[label]
        places = order[label * per_class : (label + 1) * per_class]
        stream = np.random.RandomState([seed, split, 10 + label])
        images[places] = draw_images(draw, variant, per_class, stream, difficulty)
        fine[places] = label

    # Each class has a stream and places of its own, so threads change nothing but the time.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(draw_class, range(len(variants))))
    return Labelled(images, fine, fine // np.uint8(5))
