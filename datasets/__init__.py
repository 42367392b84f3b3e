"""The images: every data set behind one contract, and splits and augmentation.

Importing this package is cheap: Keras comes in only with `datasets.augmentation.layer`.
"""

from datasets.augmentation.parameters import AffineAugmentation
from datasets.cifar10.loader import load_cifar10
from datasets.cifar100.loader import load_cifar100
from datasets.contract import CHECKS, audit
from datasets.entry import DatasetEntry
from datasets.errors import CacheError, DataError, DataUnavailableError
from datasets.image_dataset import ImageDataset, Labelled, Sizes
from datasets.registry import ENTRIES, find_entry, load_dataset, taxonomy_of
from datasets.shapes100.loader import load_shapes100
from datasets.splits import stratified_split, stratified_subset, tail_split
from datasets.taxonomy import Taxonomy

__all__ = [
    "CHECKS",
    "ENTRIES",
    "AffineAugmentation",
    "CacheError",
    "DataError",
    "DataUnavailableError",
    "DatasetEntry",
    "ImageDataset",
    "Labelled",
    "Sizes",
    "Taxonomy",
    "audit",
    "find_entry",
    "load_cifar10",
    "load_cifar100",
    "load_dataset",
    "load_shapes100",
    "stratified_split",
    "stratified_subset",
    "tail_split",
    "taxonomy_of",
]
