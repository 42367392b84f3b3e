"""CIFAR-10's names, known without its images."""

from __future__ import annotations

from datasets.taxonomy import Taxonomy


def taxonomy() -> Taxonomy:
    """The ten classes of https://www.cs.toronto.edu/~kriz/cifar.html; no superclasses."""
    return Taxonomy.alone(
        (
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        )
    )
