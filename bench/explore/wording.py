"""Words that captions share: what the images are called."""

from __future__ import annotations

from datasets import ImageDataset


def called(dataset: ImageDataset) -> str:
    """The data set's name, with a warning where the images are synthetic."""
    return "CIFAR-100" if dataset.name == "cifar100" else f"{dataset.name} (synthetic images)"
