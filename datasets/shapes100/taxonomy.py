"""shapes100's names: a superclass is a family of shapes, a class one variant of it."""

from __future__ import annotations

from datasets.shapes100.families import FAMILIES
from datasets.taxonomy import Taxonomy


def taxonomy() -> Taxonomy:
    """The 100 classes in their 20 superclasses."""
    return Taxonomy(
        tuple(name for family in FAMILIES for name in family.variants),
        tuple(family.name for family in FAMILIES),
        tuple(number for number, family in enumerate(FAMILIES) for _ in family.variants),
    )
