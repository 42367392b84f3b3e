"""What makes files an official CIFAR data set: names, sizes and checksums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from datasets.image_dataset import Sizes
from datasets.taxonomy import Taxonomy

LayoutName = Literal["python", "binary"]


@dataclass(frozen=True)
class Layout:
    """The files of one layout.

    Attributes:
        train: with the training samples, in order.
        test: with the test samples.
        names: with the names: all in one pickle, or one text file for each kind of label.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.train, *self.test, *self.names)


@dataclass(frozen=True)
class Edition:
    """One official data set.

    Attributes:
        name: of its entry.
        title: for people.
        environment: the variable that may name its folder.
        url: of the official archive in the Python layout.
        archive_sha256: of that archive.
        sizes: of the complete data set.
        layouts: the files of each layout.
        inside: folders and archives, below a folder that is named, in which the files may be.
        keras: folders and archives in Keras' cache, the newest first.
        label_keys: in the pickles, of the class and, where there are superclasses, of those.
        name_keys: in the pickle of names, likewise.
        md5: of each pickle.
        taxonomy: the names that the files must have.
        content_digest: of all samples, whatever their order; `None` where no official copy in the
            binary layout was at hand to compute it.
        binary_md5: of the official archive in the binary layout, where it is known.
        channel_means: of the training pixels / 255, as published, to four decimal places; they
            stand in for a missing content digest.
    """

    name: str
    title: str
    environment: str
    url: str
    archive_sha256: str
    sizes: Sizes
    layouts: Mapping[LayoutName, Layout]
    inside: tuple[str, ...]
    keras: tuple[str, ...]
    label_keys: tuple[bytes, ...]
    name_keys: tuple[bytes, ...]
    md5: Mapping[str, str]
    taxonomy: Taxonomy
    content_digest: str | None = None
    binary_md5: str | None = None
    channel_means: tuple[float, float, float] | None = None

    @property
    def samples(self) -> tuple[int, int]:
        """How many training and test samples there are."""
        sizes = self.sizes
        return sizes.classes * sizes.train_per_class, sizes.classes * sizes.test_per_class

    @property
    def archive(self) -> str:
        """File name of the official archive."""
        return self.url.rpartition("/")[2]
