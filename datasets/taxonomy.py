"""The names of classes and superclasses and which belongs to which, without any image."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Taxonomy:
    """What the labels of a data set mean.

    Attributes:
        fine_names: of the classes, by label.
        coarse_names: of the superclasses, by label.
        fine_to_coarse: the superclass of each class.
    """

    fine_names: tuple[str, ...]
    coarse_names: tuple[str, ...]
    fine_to_coarse: tuple[int, ...]

    @property
    def order(self) -> tuple[int, ...]:
        """All classes, superclass by superclass."""
        return tuple(sorted(range(len(self.fine_names)), key=lambda k: (self.fine_to_coarse[k], k)))

    def same_superclass(self, one: int, other: int) -> bool:
        """Whether two classes belong to one superclass."""
        return self.fine_to_coarse[one] == self.fine_to_coarse[other]


def taxonomy_of(name: str) -> Taxonomy | None:
    """The taxonomy of a data set by its name; `None` where it is not known without the images."""
    if name == "cifar100":
        return _cifar100()
    return _shapes100() if name == "shapes100" else None


def _cifar100() -> Taxonomy:
    text = files("datasets.cifar100").joinpath("classes.toml").read_text(encoding="utf-8")
    families: dict[str, list[str]] = tomllib.loads(text)
    superclass = {name: family for family, names in families.items() for name in names}
    fine, coarse = tuple(sorted(superclass)), tuple(sorted(families))
    return Taxonomy(fine, coarse, tuple(coarse.index(superclass[name]) for name in fine))


def _shapes100() -> Taxonomy:
    from datasets.shapes100.families import FAMILIES

    return Taxonomy(
        tuple(name for family in FAMILIES for name in family.variants),
        tuple(family.name for family in FAMILIES),
        tuple(number for number, family in enumerate(FAMILIES) for _ in family.variants),
    )
