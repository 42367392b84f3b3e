"""CIFAR-100's names, known without its images."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from datasets.taxonomy import Taxonomy


def taxonomy() -> Taxonomy:
    """The 100 classes in their 20 superclasses, under the names of the official files."""
    text = files("datasets.cifar100").joinpath("classes.toml").read_text(encoding="utf-8")
    families: dict[str, list[str]] = tomllib.loads(text)
    superclass = {name: family for family, names in families.items() for name in names}
    fine, coarse = tuple(sorted(superclass)), tuple(sorted(families))
    return Taxonomy(fine, coarse, tuple(coarse.index(superclass[name]) for name in fine))
