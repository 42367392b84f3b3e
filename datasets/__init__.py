"""The images: CIFAR-100 and its drawn stand-in behind one contract, splits and augmentation.

Importing this package is cheap: Keras comes in only with `datasets.augmentation.layer`.
"""

from datasets.augmentation.parameters import AffineAugmentation
from datasets.cifar100.loader import load_cifar100
from datasets.contract import CHECKS, audit
from datasets.errors import CacheError, DataError, DataUnavailableError
from datasets.image_dataset import ImageDataset, Labelled
from datasets.loading import DATASETS, DatasetEntry, load_dataset
from datasets.shapes100.loader import load_shapes100
from datasets.splits import stratified_split, stratified_subset, tail_split

__all__ = [
    "CHECKS",
    "DATASETS",
    "AffineAugmentation",
    "CacheError",
    "DataError",
    "DataUnavailableError",
    "DatasetEntry",
    "ImageDataset",
    "Labelled",
    "audit",
    "load_cifar100",
    "load_dataset",
    "load_shapes100",
    "stratified_split",
    "stratified_subset",
    "tail_split",
]
