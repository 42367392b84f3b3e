import hashlib
from collections import Counter

import pytest

from datasets.registry import taxonomy_of
from datasets.taxonomy import Taxonomy

# SHA-256 of the lines of the official fine_label_names.txt, then coarse_label_names.txt, in lower
# case and without empty lines.
OFFICIAL_NAMES = "8abb5777e97d20bec4e3f36f760984cbf4521073ee032d73376a7f97ab2f66ee"


def test_names_of_cifar100_are_those_of_its_files() -> None:
    taxonomy = taxonomy_of("cifar100")
    names = "\n".join(taxonomy.fine_names + taxonomy.coarse_names)
    assert hashlib.sha256(names.encode()).hexdigest() == OFFICIAL_NAMES


@pytest.mark.parametrize("name", ["cifar100", "shapes100"])
def test_every_superclass_has_five_classes(name: str) -> None:
    taxonomy = taxonomy_of(name)
    assert set(Counter(taxonomy.fine_to_coarse).values()) == {5}
    assert len(taxonomy.coarse_names) == 20


def test_known_relations() -> None:
    taxonomy = taxonomy_of("cifar100")
    label = taxonomy.fine_names.index
    assert taxonomy.same_superclass(label("boy"), label("man"))
    assert taxonomy.same_superclass(label("squirrel"), label("rabbit"))
    assert not taxonomy.same_superclass(label("oak_tree"), label("poppy"))


def test_other_images_have_no_known_names() -> None:
    assert taxonomy_of("mnist") is None


def test_classes_alone_are_their_own_superclasses() -> None:
    alone = Taxonomy.alone(["cat", "dog"])
    assert alone.coarse_names == ("cat", "dog")
    assert not alone.has_superclasses
    assert taxonomy_of("cifar100").has_superclasses
