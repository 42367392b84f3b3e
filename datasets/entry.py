"""What a data set declares of itself before any of its images is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from datasets.errors import DataError
from datasets.image_dataset import ImageDataset, Sizes
from datasets.taxonomy import Taxonomy


@dataclass(frozen=True)
class DatasetEntry:
    """A data set that can be asked for by name; a plug-in offers one of its own.

    Attributes:
        name: on the command line and in records; lower case letters, digits, `-` and `_`.
        title: for people, as `CIFAR-100`.
        description: one line for people.
        loader: a function with keyword arguments only that gives the `ImageDataset`, or
            `module:function` of it, imported when it is first called.
        options: the keyword arguments that the loader takes; each may be left out. Known to every
            command are `data_dir`, `cache_dir` and `download`.
        synthetic: whether the images are computed, so that scores say nothing of photographs and
            no published number can be held against them.
        names: the taxonomy, where it is known without the images; a function that gives it, or
            `module:function` of that.
        sizes: how much there is, where that is known without the images.
        content_digest: of the official images, where it is known; `sizes` are proved for these.
        duplicates: what is published of images that stand on both sides, in a sentence.
    """

    name: str
    title: str
    description: str
    loader: str | Callable[..., ImageDataset]
    options: tuple[str, ...] = ()
    synthetic: bool = False
    names: Taxonomy | str | Callable[[], Taxonomy] | None = None
    sizes: Sizes | None = None
    content_digest: str | None = None
    duplicates: str = ""

    @property
    def taxonomy(self) -> Taxonomy | None:
        """What the labels mean; `None` where only the images tell."""
        if self.names is None or isinstance(self.names, Taxonomy):
            return self.names
        taxonomy: Taxonomy = _resolve(self.names)()
        return taxonomy

    def load(self, **options: Any) -> ImageDataset:
        """The data set.

        Args:
            options: any of `self.options`; `None` counts as left out.

        Raises:
            DataError: an option that the loader does not take, bad data, or a loader that gives
                another data set than this entry declares.
        """
        given = {name: value for name, value in options.items() if value is not None}
        for name, value in given.items():
            if name not in self.options:
                takes = ", ".join(self.options) or "no option"
                raise DataError(
                    f"{self.name} does not take {name} ({value}); leave it out, or choose another "
                    f"data set ({self.name} takes {takes})"
                )
        dataset: ImageDataset = _resolve(self.loader)(**given)
        found = dataset.name, dataset.synthetic
        if found != (self.name, self.synthetic):
            raise DataError(
                f"the loader of {self.name!r} gives name {found[0]!r} and synthetic {found[1]}; "
                "let entry and loader agree"
            )
        return dataset


def _resolve(what: Any) -> Any:
    if not isinstance(what, str):
        return what
    module, _, attribute = what.partition(":")
    return getattr(import_module(module), attribute)
