"""A CIFAR data set, verified sample by sample, from wherever it can be had."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.array_cache import Bundle, cached, default_cache_dir
from datasets.cifar.download import download as fetch
from datasets.cifar.edition import Edition
from datasets.cifar.files import Found, Location, locate, read
from datasets.cifar.parsing import Content, parse
from datasets.errors import CacheError, DataError, DataUnavailableError
from datasets.image_dataset import ImageDataset, Labelled, content_digest, fingerprint
from datasets.reading import kind_of

_LOG = logging.getLogger(__name__)

_PROOFS = {
    "checksums": "official Python files with verified checksums, images in the official order",
    "content": "binary layout with verified content, images in the order of the files",
    "archive": "official binary archive with verified checksum, images in the official order",
    "statistics": "binary layout, of which only size, balance, names and channel means were "
    "verified, images in the order of the files",
}


@dataclass(frozen=True)
class _Place:
    """Somewhere to look, and how to say so; a broken named place is an error, never skipped."""

    path: Path
    words: str
    named: bool = False


def load(
    edition: Edition, data_dir: Path | None, *, download: bool, cache_dir: Path | None
) -> ImageDataset:
    """Load a CIFAR data set.

    It is taken from the first of: `data_dir`; the folder that the edition's environment variable
    names; Keras' cache (`$KERAS_HOME` or `~/.keras`); an earlier download; the official address.
    Each of the first two may be a folder in either official layout, a folder above it, or the
    `.tar.gz`; where one is given, nothing else is tried. What was read and verified once is mapped
    from the array cache from then on, until a file changes.

    Args:
        edition: which.
        data_dir: where the files are.
        download: whether the official archive may be downloaded.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.

    Raises:
        DataUnavailableError: nothing was given, nothing found, and nothing could be downloaded.
        DataError: the files given are missing, truncated, altered, or not this data set's.
    """
    root = default_cache_dir() if cache_dir is None else Path(cache_dir)
    archive = root / "downloads" / edition.archive
    for place in _places(edition, data_dir, archive):
        if place.named:
            return _load(edition, locate(place.path, edition), place.words, cache_dir)
        try:
            return _load(edition, locate(place.path, edition), place.words, cache_dir)
        except CacheError:
            raise
        except DataError as error:
            if _is_there(place.path):
                _LOG.warning("%s is left aside: %s", place.words, error)
    how = f"name its folder by --data-dir or {edition.environment}"
    if not download:
        raise DataUnavailableError(
            f"no {edition.title} in Keras' cache, and no download allowed; {how}"
        )
    try:
        fetch(edition.url, archive, edition.archive_sha256)
    except DataUnavailableError as error:
        raise DataUnavailableError(
            f"{error}; download it by hand and name it by --data-dir or {edition.environment}"
        ) from error
    return _load(edition, locate(archive, edition), "the official address", cache_dir)


def _is_there(path: Path) -> bool:
    try:
        return kind_of(path) != "missing"
    except DataError:
        return True


def _places(edition: Edition, data_dir: Path | None, archive: Path) -> Iterator[_Place]:
    if data_dir is not None:
        yield _Place(Path(data_dir).expanduser(), "the folder given", named=True)
        return
    if os.environ.get(edition.environment):
        path = Path(os.environ[edition.environment]).expanduser()
        yield _Place(path, edition.environment, named=True)
        return
    keras_home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"
    for name in edition.keras:
        yield _Place(keras_home / name, "Keras' cache")
    yield _Place(archive, "an earlier download")


def _load(edition: Edition, location: Location, words: str, cache_dir: Path | None) -> ImageDataset:
    state = location.state(edition)
    paths = hashlib.sha256("\n".join(path for path, _, _ in state).encode("utf-8", "replace"))
    taxonomy = edition.taxonomy
    bundle = cached(
        f"{edition.name}-{paths.hexdigest()[:12]}",
        {
            "files": state,
            "content": edition.content_digest or sorted(edition.md5.values()),
            "names": [taxonomy.fine_names, taxonomy.coarse_names],
        },
        lambda: _verified(edition, location),
        cache_dir,
    )
    train, test = (
        Labelled(*(bundle.arrays[f"{split}_{field}"] for field in ("images", "fine", "coarse")))
        for split in ("train", "test")
    )
    facts = bundle.facts
    return ImageDataset(
        name=edition.name,
        train=train,
        test=test,
        fine_names=taxonomy.fine_names,
        coarse_names=taxonomy.coarse_names,
        source=f"{edition.title} from {words}: {_PROOFS[facts['proof']]}",
        fingerprint=facts["fingerprint"],
        content_digest=facts["content_digest"],
        title=edition.title,
        sizes=edition.sizes,
    )


def _verified(edition: Edition, location: Location) -> Bundle:
    found = read(location, edition)
    content = parse(found, edition)
    digest = content_digest(content.train, content.test)
    proof = _prove(edition, found, content, digest)
    arrays = {
        f"{split}_{field}": getattr(labelled, field)
        for split, labelled in (("train", content.train), ("test", content.test))
        for field in ("images", "fine", "coarse")
    }
    facts = {
        "proof": proof,
        "fingerprint": fingerprint(content.train, content.test),
        "content_digest": digest,
    }
    return Bundle(arrays, facts)


def _prove(edition: Edition, found: Found, content: Content, digest: str) -> str:
    """By what these are the official images.

    Raises:
        DataError: they are not.
    """
    taxonomy = edition.taxonomy
    names = content.fine_names, content.coarse_names
    if names != (taxonomy.fine_names, taxonomy.coarse_names):
        raise DataError(
            f"the class names in {found.path} are not {edition.title}'s; "
            "replace them by the official files"
        )
    if found.layout == "python":
        # Proved, file by file, by its official checksums.
        return "checksums"
    if found.verified:
        return "archive"
    problem = _deviation(content)
    if edition.content_digest is None:
        if problem or not _balanced(edition, content) or not _familiar(edition, content):
            raise _foreign(edition, found, problem or "other balance or channel means, ")
        return "statistics"
    if digest != edition.content_digest:
        digests = f"content digest {digest[:12]}, not {edition.content_digest[:12]}"
        raise _foreign(edition, found, f"{problem}{digests}")
    return "content"


def _foreign(edition: Edition, found: Found, problem: str) -> DataError:
    return DataError(
        f"the images or labels in {found.path} are not {edition.title}'s: "
        f"{problem.removesuffix(', ')}; replace them by the official files"
    )


def _balanced(edition: Edition, content: Content) -> bool:
    sizes = edition.sizes
    wanted = (content.train, sizes.train_per_class), (content.test, sizes.test_per_class)
    return all(set(np.bincount(split.fine).tolist()) == {count} for split, count in wanted)


def _familiar(edition: Edition, content: Content) -> bool:
    means = content.train.images.mean(axis=(0, 1, 2), dtype=np.float64) / 255
    return edition.channel_means == tuple(round(mean, 4) for mean in means.tolist())


def _deviation(content: Content) -> str:
    """The classes of which no image, or an odd label, was found, for a clearer message."""
    known = range(len(content.fine_names))
    for split, labelled in (("training", content.train), ("test", content.test)):
        present = set(labelled.fine.tolist())
        lacking = [content.fine_names[label] for label in known if label not in present]
        foreign = sorted(present - set(known))
        if lacking:
            return f"no {split} image of class {', '.join(lacking[:3])}, "
        if foreign:
            return f"a {split} label {foreign[0]}, "
    return ""
