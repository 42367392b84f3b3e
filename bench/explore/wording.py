"""Words that captions share: which images, which class, how many."""

from __future__ import annotations

from collections.abc import Sequence

from datasets import ImageDataset


def readable(name: str) -> str:
    """A class name as people write it."""
    return name.replace("_", " ")


def called(dataset: ImageDataset) -> str:
    """The data set's name, with a warning where the images are drawn."""
    return "CIFAR-100" if dataset.name == "cifar100" else f"{dataset.name} (synthetic images)"


def images_of(dataset: ImageDataset) -> str:
    """Which images, to the bit: the end of a caption."""
    return f"{called(dataset)}, fingerprint {dataset.fingerprint[:12]}"


def counted(number: int, noun: str) -> str:
    """«1 image», «2 images», «10,000 images»."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def enumerated(words: Sequence[str]) -> str:
    """«a, b and c»."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def percent(fraction: float, decimals: int = 1) -> str:
    """A fraction as «12.3 %»."""
    return f"{100 * fraction:.{decimals}f} %"
