"""CIFAR-100 (Krizhevsky 2009): what makes files CIFAR-100, and its loader."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from datasets.cifar.edition import Edition, Layout
from datasets.cifar.loader import load
from datasets.cifar100.taxonomy import taxonomy
from datasets.image_dataset import ImageDataset, Sizes

# Address and archive checksum: `keras/src/datasets/cifar100/loader.py`. MD5 sums: those by which
# torchvision checks the unpacked files (`torchvision/datasets/cifar.py`). The content digest is
# this package's own of a complete copy in the binary layout, whose training pixels have the
# published channel means (0.5071, 0.4865, 0.4409).
EDITION = Edition(
    name="cifar100",
    title="CIFAR-100",
    environment="CIFAR100_DIR",
    url="https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    archive_sha256="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    # Krizhevsky 2009, section 3.1.
    sizes=Sizes(classes=100, superclasses=20, train_per_class=500, test_per_class=100),
    layouts=MappingProxyType(
        {
            "python": Layout(("train",), ("test",), ("meta",)),
            "binary": Layout(
                ("train.bin",),
                ("test.bin",),
                ("fine_label_names.txt", "coarse_label_names.txt"),
            ),
        }
    ),
    inside=(
        "cifar-100-python",
        "cifar-100-binary",
        "cifar-100-python.tar.gz",
        "cifar-100-binary.tar.gz",
    ),
    # Keras 3 unpacks into the first and keeps the archive as the second; earlier versions used
    # the other names.
    keras=(
        "cifar-100-python-target",
        "cifar-100-python-target_archive",
        "cifar-100-python",
        "cifar-100-python.tar.gz",
    ),
    label_keys=(b"fine_labels", b"coarse_labels"),
    name_keys=(b"fine_label_names", b"coarse_label_names"),
    md5=MappingProxyType(
        {
            "train": "16019d7e3df5f24257cddd939b257f8d",
            "test": "f0ef6b0ae62326f3e7ffdfab6717acfc",
            "meta": "7973b15100ade9c7d40fb424638fde48",
        }
    ),
    taxonomy=taxonomy(),
    content_digest="0d57eff21574f3936dd04edd6f4e1f85ae30d2d7d18bddd042239fb1d4af77da",
)


def load_cifar100(
    data_dir: Path | None = None, *, download: bool = True, cache_dir: Path | None = None
) -> ImageDataset:
    """Load CIFAR-100 with fine and coarse labels, from where `datasets.cifar.loader.load` looks.

    Args:
        data_dir: where the files are; without it, the folder `CIFAR100_DIR` is tried first.
        download: whether the official archive (169 MB) may be downloaded.
        cache_dir: root of the cache, `array_cache.default_cache_dir()` unless given.

    Returns:
        50,000 training and 10,000 test images, uint8 (32, 32, 3), of 100 classes in 20
        superclasses. `source` says where from, and whether the order is the official one.

    Raises:
        DataUnavailableError: nothing was given, nothing found, and nothing could be downloaded.
        DataError: the files given are missing, truncated, altered, or not CIFAR-100.
    """
    return load(EDITION, data_dir, download=download, cache_dir=cache_dir)
