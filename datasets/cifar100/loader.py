"""CIFAR-100 (Krizhevsky 2009), verified record by record, from wherever it can be had."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from datasets.array_cache import Bundle, cached, default_cache_dir
from datasets.cifar100.download import download as fetch
from datasets.cifar100.files import Content, Location, locate, read
from datasets.errors import CacheError, DataError, DataUnavailableError
from datasets.image_dataset import ImageDataset, Labelled, Sizes, content_digest, fingerprint

ENVIRONMENT_VARIABLE = "CIFAR100_DIR"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Edition:
    """What makes files CIFAR-100.

    Attributes:
        url: of the official archive in the Python layout.
        archive_sha256: of that archive.
        md5: of each pickle in it.
        records: number of training and of test records.
        content_digest: of all records, whatever their order.
        names_sha256: of all fine names, then all coarse names, one a line.
    """

    url: str
    archive_sha256: str
    md5: Mapping[str, str]
    records: tuple[int, int]
    content_digest: str
    names_sha256: str


# Address and archive checksum: `keras/src/datasets/cifar100/loader.py`. MD5 sums: those by which
# torchvision checks the unpacked files (`torchvision/datasets/cifar.py`). The last two are this
# package's own `content_digest` and names hash of a complete copy in the binary layout, whose
# training pixels have the published channel means (0.5071, 0.4865, 0.4409).
EDITION = Edition(
    url="https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    archive_sha256="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    md5=MappingProxyType(
        {
            "train": "16019d7e3df5f24257cddd939b257f8d",
            "test": "f0ef6b0ae62326f3e7ffdfab6717acfc",
            "meta": "7973b15100ade9c7d40fb424638fde48",
        }
    ),
    records=(50_000, 10_000),
    content_digest="0d57eff21574f3936dd04edd6f4e1f85ae30d2d7d18bddd042239fb1d4af77da",
    names_sha256="8abb5777e97d20bec4e3f36f760984cbf4521073ee032d73376a7f97ab2f66ee",
)

_CLASSES, _SUPERCLASSES = 100, 20

_ORDERS = {
    "python": "official Python files with verified checksums, records in the official order",
    "binary": "binary layout with verified content, records in the order of the files",
}


@dataclass(frozen=True)
class _Place:
    """Somewhere to look, and how to say so; a broken named place is an error, never skipped."""

    path: Path
    words: str
    named: bool = False


def load_cifar100(
    data_dir: Path | None = None, *, download: bool = True, cache_dir: Path | None = None
) -> ImageDataset:
    """Load CIFAR-100 with fine and coarse labels.

    It is taken from the first of: `data_dir`; the folder `CIFAR100_DIR`; Keras' cache
    (`$KERAS_HOME` or `~/.keras`); an earlier download; the official address. Each of the first two
    may be a folder in either official layout, a folder above it, or the `.tar.gz`; where one is
    given, nothing else is tried. What was read and verified once is mapped from the array cache
    from then on, until a file changes.

    Args:
        data_dir: where the files are.
        download: whether the official archive (169 MB) may be downloaded.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.

    Returns:
        50,000 training and 10,000 test images, uint8 (32, 32, 3), of 100 classes in 20
        superclasses. `source` says where from, and whether the order is the official one.

    Raises:
        DataUnavailableError: nothing was given, nothing found, and nothing could be downloaded.
        DataError: the files given are missing, truncated, altered, or not CIFAR-100.
    """
    root = default_cache_dir() if cache_dir is None else Path(cache_dir)
    archive = root / "downloads" / "cifar-100-python.tar.gz"
    for place in _places(data_dir, archive):
        if place.named:
            return _load(locate(place.path), place.words, cache_dir)
        try:
            return _load(locate(place.path), place.words, cache_dir)
        except CacheError:
            raise
        except DataError as error:
            if place.path.exists():
                _LOG.warning("%s is left aside: %s", place.words, error)
    if not download:
        raise DataUnavailableError(
            "no CIFAR-100 in Keras' cache, and no download allowed; "
            f"name its folder by --data-dir or {ENVIRONMENT_VARIABLE}"
        )
    try:
        fetch(EDITION.url, archive, EDITION.archive_sha256)
    except DataUnavailableError as error:
        raise DataUnavailableError(
            f"{error}; download it by hand and name it by --data-dir or {ENVIRONMENT_VARIABLE}"
        ) from error
    return _load(locate(archive), "the official address", cache_dir)


def _places(data_dir: Path | None, archive: Path) -> Iterator[_Place]:
    if data_dir is not None:
        yield _Place(Path(data_dir).expanduser(), "the folder given", named=True)
        return
    if os.environ.get(ENVIRONMENT_VARIABLE):
        path = Path(os.environ[ENVIRONMENT_VARIABLE]).expanduser()
        yield _Place(path, ENVIRONMENT_VARIABLE, named=True)
        return
    keras_home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"
    # Keras 3 unpacks into the first and keeps the archive as the second; earlier versions used
    # the other names.
    for name in (
        "cifar-100-python-target",
        "cifar-100-python-target_archive",
        "cifar-100-python",
        "cifar-100-python.tar.gz",
    ):
        yield _Place(keras_home / name, "Keras' cache")
    yield _Place(archive, "an earlier download")


def _load(location: Location, words: str, cache_dir: Path | None) -> ImageDataset:
    state = location.state()
    paths = hashlib.sha256("\n".join(path for path, _, _ in state).encode()).hexdigest()
    bundle = cached(
        f"cifar100-{paths[:12]}",
        {"files": state, "content": EDITION.content_digest, "names": EDITION.names_sha256},
        lambda: _verified(location),
        cache_dir,
    )
    train, test = (
        Labelled(*(bundle.arrays[f"{part}_{field}"] for field in ("images", "fine", "coarse")))
        for part in ("train", "test")
    )
    facts = bundle.facts
    return ImageDataset(
        name="cifar100",
        train=train,
        test=test,
        fine_names=tuple(facts["fine_names"]),
        coarse_names=tuple(facts["coarse_names"]),
        source=f"CIFAR-100 from {words}: {_ORDERS[facts['layout']]}",
        fingerprint=facts["fingerprint"],
        content_digest=facts["content_digest"],
        title="CIFAR-100",
        sizes=_sizes(),
    )


def _sizes() -> Sizes:
    train, test = (count // _CLASSES for count in EDITION.records)
    return Sizes(_CLASSES, _SUPERCLASSES, train, test)


def _verified(location: Location) -> Bundle:
    content = read(location, md5=EDITION.md5, records=EDITION.records)
    digest = content_digest(content.train, content.test)
    if content.layout == "binary":
        # The Python layout was proved, file by file, by its official checksums.
        _check_content(location, content, digest)
    arrays = {
        f"{part}_{field}": getattr(labelled, field)
        for part, labelled in (("train", content.train), ("test", content.test))
        for field in ("images", "fine", "coarse")
    }
    facts = {
        "layout": content.layout,
        "fine_names": content.fine_names,
        "coarse_names": content.coarse_names,
        "fingerprint": fingerprint(content.train, content.test),
        "content_digest": digest,
    }
    return Bundle(arrays, facts)


def _check_content(location: Location, content: Content, digest: str) -> None:
    if digest != EDITION.content_digest:
        raise DataError(
            f"the images or labels in {location.path} are not CIFAR-100's: {_deviation(content)}"
            f"content digest {digest[:12]}, not {EDITION.content_digest[:12]}; "
            "replace them by the official files"
        )
    names = hashlib.sha256("\n".join(content.fine_names + content.coarse_names).encode())
    if names.hexdigest() != EDITION.names_sha256:
        raise DataError(
            f"the class names in {location.path} are not CIFAR-100's; "
            "replace them by the official files"
        )


def _deviation(content: Content) -> str:
    """The classes of which no record, or an odd label, was found, for a clearer message."""
    known = range(len(content.fine_names))
    for part, labelled in (("training", content.train), ("test", content.test)):
        present = set(labelled.fine.tolist())
        lacking = [content.fine_names[label] for label in known if label not in present]
        foreign = sorted(present - set(known))
        if lacking:
            return f"no {part} image of class {', '.join(lacking[:3])}, "
        if foreign:
            return f"a {part} label {foreign[0]}, "
    return ""
