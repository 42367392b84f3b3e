"""CIFAR-10 (Krizhevsky 2009): what makes files CIFAR-10, and its loader."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from datasets.cifar.edition import Edition, Layout
from datasets.cifar.loader import load
from datasets.cifar10.taxonomy import taxonomy
from datasets.image_dataset import ImageDataset, Sizes

# Address and archive checksum: `keras/src/datasets/cifar10.py`. MD5 sums of the pickles: those by
# which torchvision checks the unpacked files (`torchvision/datasets/cifar.py`). MD5 of the binary
# archive: https://www.cs.toronto.edu/~kriz/cifar.html. The files inside that archive have no
# published checksum, so unpacked they are held against the published channel means.
EDITION = Edition(
    name="cifar10",
    title="CIFAR-10",
    environment="CIFAR10_DIR",
    url="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    archive_sha256="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    # Krizhevsky 2009, section 3.1.
    sizes=Sizes(classes=10, superclasses=10, train_per_class=5000, test_per_class=1000),
    layouts=MappingProxyType(
        {
            "python": Layout(
                tuple(f"data_batch_{number}" for number in range(1, 6)),
                ("test_batch",),
                ("batches.meta",),
            ),
            "binary": Layout(
                tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
                ("test_batch.bin",),
                ("batches.meta.txt",),
            ),
        }
    ),
    inside=(
        "cifar-10-batches-py",
        "cifar-10-batches-bin",
        "cifar-10-python.tar.gz",
        "cifar-10-binary.tar.gz",
    ),
    # The same habits of Keras as with CIFAR-100.
    keras=(
        "cifar-10-batches-py-target",
        "cifar-10-batches-py-target_archive",
        "cifar-10-batches-py",
        "cifar-10-batches-py.tar.gz",
    ),
    label_keys=(b"labels",),
    name_keys=(b"label_names",),
    md5=MappingProxyType(
        {
            "data_batch_1": "c99cafc152244af753f735de768cd75f",
            "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
            "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
            "data_batch_4": "634d18415352ddfa80567beed471001a",
            "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
            "test_batch": "40351d587109b95175f43aff81a1287e",
            "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
        }
    ),
    taxonomy=taxonomy(),
    binary_md5="c32a1d4ab5d03f1284b67883e8d87530",
    channel_means=(0.4914, 0.4822, 0.4465),
)


def load_cifar10(
    data_dir: Path | None = None, *, download: bool = True, cache_dir: Path | None = None
) -> ImageDataset:
    """Load CIFAR-10, from where `datasets.cifar.loader.load` looks.

    Args:
        data_dir: where the files are; without it, the folder `CIFAR10_DIR` is tried first.
        download: whether the official archive (170 MB) may be downloaded.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.

    Returns:
        50,000 training and 10,000 test images, uint8 (32, 32, 3), of 10 classes, each its own
        superclass. `source` says where from and by what the images were verified.

    Raises:
        DataUnavailableError: nothing was given, nothing found, and nothing could be downloaded.
        DataError: the files given are missing, truncated, altered, or not CIFAR-10.
    """
    return load(EDITION, data_dir, download=download, cache_dir=cache_dir)
