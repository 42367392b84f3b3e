"""The pictures: CIFAR-100 and its drawn stand-in behind one contract, splits and augmentation.

Importing this package is cheap: Keras comes in only with `datasets.augmentation_layer`.
"""

from .augmentation import AffineAugmentation
from .cifar100 import load_cifar100
from .contract import CHECKS, audit
from .errors import CacheError, DataError, DataUnavailableError
from .image_dataset import ImageDataset, Labelled
from .loading import DATASETS, DatasetEntry, load_dataset
from .shapes100 import load_shapes100
from .splits import stratified_split, stratified_subset, tail_split

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
