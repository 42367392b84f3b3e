"""Which images and weights are sought for a run, and what of them determines it."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from bench.approaches.registry import installed_approaches
from bench.planning import prerequisites
from bench.planning.models import model_entry
from bench.planning.prerequisites import (
    Sources,
    dataset_name,
    has_backbone,
    identity_of,
    load_images,
)
from bench.planning.tiers import Tier, get_tier
from models.errors import ModelError
from models.vgg19_weights import RANDOM

SMOKE, SHORT = get_tier("smoke"), get_tier("short")
FOLDER = Path("/images")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was asked of the data sets, instead of images."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        prerequisites,
        "load_asked",
        lambda name, folder, options, **more: calls.append((name, folder, options, more)),
    )
    return calls


@pytest.mark.parametrize(
    ("name", "tier", "folder", "more"),
    [
        # The smoke tier draws what it uses, whatever the folder.
        ("shapes100", SMOKE, None, {"per_class": (1, 1)}),
        (
            "shapes100",
            dataclasses.replace(SMOKE, train_per_class=3, test_per_class=2),
            None,
            {"per_class": (3, 2)},
        ),
        ("shapes100", dataclasses.replace(SMOKE, test_per_class=None), None, {"per_class": (1, 1)}),
        # All others have the same images in every tier.
        ("shapes100", dataclasses.replace(SMOKE, train_per_class=None), FOLDER, {}),
        ("shapes100", SHORT, FOLDER, {}),
        ("cifar100", SMOKE, FOLDER, {}),
        ("cifar100", SHORT, FOLDER, {}),
        ("nobody-knows", SMOKE, FOLDER, {}),
    ],
)
def test_smoke_tier_draws_no_more_of_synthetic_images_than_it_uses(
    asked: list[tuple[Any, ...]], name: str, tier: Tier, folder: Path | None, more: dict[str, Any]
) -> None:
    load_images(name, tier, Sources(FOLDER, options=(("seed", 3),)))
    assert asked == [(name, folder, {"seed": 3}, more)]


@pytest.mark.parametrize(
    ("named", "folder", "meant"),
    [
        ("folder", FOLDER, "folder"),
        ("cifar10", None, "cifar10"),
        (None, FOLDER, "cifar100"),
        (None, None, "auto"),
    ],
)
def test_a_folder_alone_means_cifar_100(named: str | None, folder: Path | None, meant: str) -> None:
    assert dataset_name(named, folder) == meant
    assert dataset_name(None, None, "shapes100") == "shapes100"


def test_a_forest_has_its_network_s_backbone() -> None:
    known = installed_approaches()
    having = {approach.name for approach in known if has_backbone(approach, known)}
    assert having >= {"vgg19_linear", "vgg19_forest", "vgg19_96_head", "vgg19_96_forest"}
    assert not having & {"basic_cnn", "improved_cnn", "improved_cnn_augmented"}


def test_kind_description_and_digest_of_weights_identify_them() -> None:
    assert identity_of(None) is None
    weights = dataclasses.replace(RANDOM, kind="imagenet", description="words", sha256="ab" * 32)
    found = identity_of(weights)
    assert found is not None
    assert (found.kind, found.description, found.sha256) == ("imagenet", "words", "ab" * 32)


def test_a_model_is_found_by_its_name_or_by_its_factory() -> None:
    assert model_entry("basic_cnn").name == "basic_cnn"
    factory = "tests.support.factories:tiny_network"
    assert model_entry(factory).factory == factory
    with pytest.raises(ModelError, match="basic_cn"):
        model_entry("basic_cn")
