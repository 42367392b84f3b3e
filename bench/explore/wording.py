"""Words that captions share: what the images are called."""

from __future__ import annotations

from datasets import ImageDataset


def called(dataset: ImageDataset) -> str:
    """The data set's name, with a warning where the images are synthetic."""
    title = dataset.title or dataset.name
    marked = not dataset.synthetic or "synthetic" in title
    return title if marked else f"{title} (synthetic images)"
