"""Images of one's own: a folder that has a folder of image files for each class."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import PIL

from datasets.array_cache import Bundle, cached
from datasets.errors import DataError, one_line
from datasets.folder.decoding import decode
from datasets.folder.listing import Listing, Listings, list_images
from datasets.image_dataset import ImageDataset, Labelled, content_digest, fingerprint
from datasets.reading import unreadable
from datasets.splits import stratified_split

IMAGE_SIZE = 32
TEST_FRACTION = 0.2

_SEED = 0
# 256 pixels a side is more than any approach reads.
_LARGEST_SIZE = 256
_MOST_BYTES = 32_000_000_000


def load_folder(
    data_dir: Path | None = None,
    *,
    image_size: int = IMAGE_SIZE,
    test_fraction: float = TEST_FRACTION,
    cache_dir: Path | None = None,
) -> ImageDataset:
    """Load a folder of class folders.

    The images are `train/CLASS/*` and `test/CLASS/*`, or `CLASS/*`, of which the same fraction of
    every class is held out for the test, always the same images. Class names are the folders';
    superclasses may be given in `coarse.csv`, a line `CLASS,SUPERCLASS` for each class.

    Args:
        data_dir: the folder.
        image_size: pixels a side to which every image is resized, 1 to 256.
        test_fraction: held out of each class, where there is no folder `test`.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.

    Returns:
        The data set, each split in shuffled order, so that its last images are of all classes.

    Raises:
        DataError: the folder, a name in it or an image is unfit; the text names it.
    """
    if data_dir is None:
        raise DataError("folder needs a folder of class folders; name it by --data-dir")
    if not 1 <= image_size <= _LARGEST_SIZE:
        raise DataError(f"image size {image_size}; give 1 to {_LARGEST_SIZE} pixels")
    folder = Path(data_dir).expanduser()
    found = list_images(folder)
    train, test = _split(found, test_fraction)
    _check_size(folder, len(train.files) + len(test.files), image_size)
    key = {
        "files": _state(folder, train, test),
        "superclasses": found.taxonomy.fine_to_coarse,
        "image_size": image_size,
        "pillow": PIL.__version__,
    }
    place = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    bundle = cached(
        f"folder-{place[:12]}-{image_size}",
        key,
        lambda: _read(train, test, found, image_size),
        cache_dir,
    )
    splits = [
        Labelled(*(bundle.arrays[f"{split}_{field}"] for field in ("images", "fine", "coarse")))
        for split in ("train", "test")
    ]
    held_out = "" if found.test else f", {test_fraction:g} of each class held out for the test"
    return ImageDataset(
        name="folder",
        train=splits[0],
        test=splits[1],
        fine_names=found.taxonomy.fine_names,
        coarse_names=found.taxonomy.coarse_names,
        source=f"images of the folder {one_line(folder.resolve().name)}, resized to "
        f"{image_size} x {image_size} pixels{held_out}, in shuffled order",
        fingerprint=bundle.facts["fingerprint"],
        content_digest=bundle.facts["content_digest"],
        title="Folder of images",
    )


def _split(found: Listings, test_fraction: float) -> tuple[Listing, Listing]:
    train, test = found.train, found.test
    if test is None:
        kept, held_out = stratified_split(np.array(train.labels), test_fraction, _SEED)
        train, test = _take(train, kept.tolist()), _take(train, held_out.tolist())
    return _shuffled(train), _shuffled(test)


def _take(listing: Listing, chosen: list[int]) -> Listing:
    return Listing(
        tuple(listing.files[i] for i in chosen), tuple(listing.labels[i] for i in chosen)
    )


def _shuffled(listing: Listing) -> Listing:
    order = np.random.RandomState(_SEED).permutation(len(listing.files))
    return _take(listing, order.tolist())


def _check_size(folder: Path, images: int, image_size: int) -> None:
    needed = images * image_size * image_size * 3
    if needed > _MOST_BYTES:
        raise DataError(
            f"{folder} has {images:,} images, {needed:,} bytes at {image_size} pixels a side; "
            f"{_MOST_BYTES:,} at the most are kept: give a smaller image size or fewer images"
        )


def _state(folder: Path, *listings: Listing) -> list[str]:
    """A hash of path, size and time stamp of every file of a split, and of its label."""
    digests = []
    for listing in listings:
        digest = hashlib.sha256()
        for path, label in zip(listing.files, listing.labels, strict=True):
            try:
                stat = path.stat()
            except OSError as error:
                raise unreadable(path, error) from error
            state = (str(path.relative_to(folder)), stat.st_size, stat.st_mtime_ns, label)
            digest.update(repr(state).encode("utf-8", "backslashreplace"))
        digests.append(digest.hexdigest())
    return digests


def _read(train: Listing, test: Listing, found: Listings, image_size: int) -> Bundle:
    parents = np.array(found.taxonomy.fine_to_coarse, np.uint8)
    splits = {}
    for name, listing in (("train", train), ("test", test)):
        images = np.empty((len(listing.files), image_size, image_size, 3), np.uint8)
        for place, path in enumerate(listing.files):
            images[place] = decode(path, image_size)
        fine = np.array(listing.labels, np.uint8)
        splits[name] = Labelled(images, fine, parents[fine])
    arrays = {
        f"{name}_{field}": getattr(split, field)
        for name, split in splits.items()
        for field in ("images", "fine", "coarse")
    }
    both = splits["train"], splits["test"]
    return Bundle(
        arrays, {"fingerprint": fingerprint(*both), "content_digest": content_digest(*both)}
    )
