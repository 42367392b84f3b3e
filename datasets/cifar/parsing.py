"""From the bytes of CIFAR's two official layouts to images and labels, without running anything.

Python layout: pickles. Each must have its official MD5 before it is unpickled, and even then the
unpickler knows nothing but NumPy arrays.

Binary layout: records of 1 byte for each kind of label (CIFAR-100: coarse, then fine) and 3,072
bytes of pixels (32 x 32 red, then green, then blue, row by row), and the names, one a line.
(https://www.cs.toronto.edu/~kriz/cifar.html)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from datasets.cifar.edition import Edition
from datasets.cifar.files import Found
from datasets.cifar.pickles import unpickle
from datasets.image_dataset import Labelled, Labels, Pixels

_PIXELS = 3 * 32 * 32


@dataclass(frozen=True)
class Content:
    """What the files say.

    Attributes:
        train: the training samples, in the files' order.
        test: the test samples, in the files' order.
        fine_names: in lower case, words joined by `_`.
        coarse_names: likewise; without superclasses, the fine names.
    """

    train: Labelled
    test: Labelled
    fine_names: tuple[str, ...]
    coarse_names: tuple[str, ...]


def parse(found: Found, edition: Edition) -> Content:
    """Read all samples and names.

    Raises:
        DataError: a file is truncated, altered or not of this data set at all.
    """
    split, names = (
        (_python_split, _python_names)
        if found.layout == "python"
        else (_binary_split, _binary_names)
    )
    layout = edition.layouts[found.layout]
    train, test = (
        split(found, edition, files, count)
        for files, count in zip((layout.train, layout.test), edition.samples, strict=True)
    )
    kinds = names(found, edition)
    return Content(train, test, kinds[0], kinds[-1])


def _python_split(found: Found, edition: Edition, files: tuple[str, ...], n: int) -> Labelled:
    batches = [_batch(found, edition, name, n // len(files)) for name in files]
    pixels, fine, coarse = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    return Labelled(_to_images(pixels), fine, coarse)


def _batch(found: Found, edition: Edition, name: str, n: int) -> tuple[Pixels, Labels, Labels]:
    content = _unpickled(found, edition, name)
    pixels = content.get(b"data")
    if not isinstance(pixels, np.ndarray) or (pixels.shape, pixels.dtype) != ((n, _PIXELS), "u1"):
        shape = getattr(pixels, "shape", None)
        raise found.damaged(name, f"has pixels of shape {shape}, not uint8 {(n, _PIXELS)}")
    labels = [_labels(found, name, content.get(key), n) for key in edition.label_keys]
    return pixels, labels[0], labels[-1]


def _labels(found: Found, name: str, values: Any, n: int) -> Labels:
    sound = isinstance(values, list) and all(type(v) is int and 0 <= v < 256 for v in values)
    if not sound or len(values) != n:
        raise found.damaged(name, f"does not have {n:,} labels")
    return np.array(values, np.uint8)


def _python_names(found: Found, edition: Edition) -> list[tuple[str, ...]]:
    (name,) = edition.layouts["python"].names
    content = _unpickled(found, edition, name)
    kinds = [content.get(key) for key in edition.name_keys]
    for names in kinds:
        if not isinstance(names, list) or not all(isinstance(word, bytes) for word in names):
            raise found.damaged(name, "does not have the class names")
    return [_normalise(names) for names in kinds if isinstance(names, list)]


def _unpickled(found: Found, edition: Edition, name: str) -> dict[bytes, Any]:
    content = found.files[name]
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if md5 != edition.md5[name]:
        raise found.damaged(
            name, f"has {len(content):,} bytes and MD5 {md5}, not {edition.md5[name]}"
        )
    try:
        return unpickle(content)
    except ValueError as error:
        raise found.damaged(name, str(error)) from error


def _binary_split(found: Found, edition: Edition, files: tuple[str, ...], n: int) -> Labelled:
    kinds = len(edition.label_keys)
    record, each = kinds + _PIXELS, n // len(files)
    tables = []
    for name in files:
        content = found.files[name]
        if len(content) != each * record:
            raise found.damaged(
                name,
                f"has {len(content):,} bytes, not {each * record:,} ({each:,} records of "
                f"{record:,})",
            )
        tables.append(np.frombuffer(content, np.uint8).reshape(each, record))
    table = np.concatenate(tables)
    # The fine label stands right before the pixels, the coarse one, if there is one, before it.
    fine, coarse = table[:, kinds - 1].copy(), table[:, 0].copy()
    return Labelled(_to_images(table[:, kinds:]), fine, coarse)


def _binary_names(found: Found, edition: Edition) -> list[tuple[str, ...]]:
    return [_normalise(found.files[name].split(b"\n")) for name in edition.layouts["binary"].names]


def _to_images(planes: Any) -> Any:
    """Colour planes (n, 3072) as images (n, 32, 32, 3)."""
    return np.ascontiguousarray(planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))


def _normalise(names: list[bytes]) -> tuple[str, ...]:
    words = (name.decode("utf-8", "replace").strip().lower() for name in names)
    return tuple("_".join(word.split()) for word in words if word)
