"""The names of classes and superclasses and which belongs to which, without any image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Taxonomy:
    """What the labels of a data set mean.

    A data set without superclasses has each class for its own superclass, as `alone` makes it.

    Attributes:
        fine_names: of the classes, by label.
        coarse_names: of the superclasses, by label.
        fine_to_coarse: the superclass of each class.
    """

    fine_names: tuple[str, ...]
    coarse_names: tuple[str, ...]
    fine_to_coarse: tuple[int, ...]

    @classmethod
    def alone(cls, names: Sequence[str]) -> Taxonomy:
        """Classes that no superclass joins.

        Example:
            >>> Taxonomy.alone(("cat", "dog")).has_superclasses
            False
        """
        return cls(tuple(names), tuple(names), tuple(range(len(names))))

    @property
    def has_superclasses(self) -> bool:
        """Whether any superclass joins two classes."""
        return len(set(self.fine_to_coarse)) < len(self.fine_names)

    @property
    def order(self) -> tuple[int, ...]:
        """All classes, superclass by superclass."""
        return tuple(sorted(range(len(self.fine_names)), key=lambda k: (self.fine_to_coarse[k], k)))

    def same_superclass(self, one: int, other: int) -> bool:
        """Whether two classes belong to one superclass."""
        return self.fine_to_coarse[one] == self.fine_to_coarse[other]
