"""The registry of approaches and tiers, and what selects from it."""

import pytest

from bench.approaches.approach import Approach
from bench.approaches.recipes import ForestRecipe, as_plain, digest
from bench.approaches.registry import APPROACHES, get_approach, installed_approaches
from bench.errors import BenchError
from bench.planning.request import seeds_of
from bench.planning.tiers import TIERS, get_tier
from models.registry import get_entry, list_models

select = installed_approaches().select


@pytest.mark.parametrize("approach", APPROACHES, ids=lambda approach: approach.name)
def test_approach_is_whole(approach: Approach) -> None:
    assert approach.model in list_models()
    documented = approach.documented_value("test_accuracy")
    assert documented is not None
    assert 0 < documented.value < 1
    if isinstance(approach.recipe, ForestRecipe):
        assert approach.model == get_approach(approach.recipe.base).model
    else:
        backbone = approach.recipe.backbone
        assert (backbone is None) == (get_entry(approach.model).backbone is None)
        assert backbone is None or backbone.image_size == get_entry(approach.model).image_size


def test_names_and_recipes_are_unique() -> None:
    assert len({approach.name for approach in APPROACHES}) == len(APPROACHES)
    assert len({digest(as_plain(a.recipe)) for a in APPROACHES}) == len(APPROACHES)


def test_forest_comes_after_its_network() -> None:
    names = [approach.name for approach in APPROACHES]
    for approach in APPROACHES:
        if isinstance(approach.recipe, ForestRecipe):
            assert names.index(approach.recipe.base) < names.index(approach.name)


def test_patterns_select_in_registry_order() -> None:
    chosen = select(("vgg19_96*", "basic_cnn"))
    assert [a.name for a in chosen] == ["basic_cnn", "vgg19_96_head", "vgg19_96_forest"]
    assert select()[: len(APPROACHES)] == APPROACHES


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: get_approach("resnet"), "unknown approach 'resnet'; known: basic_cnn, improved"),
        (
            lambda: select(("res*",)),
            "unknown approach 'res\\*'; known: basic_cnn",
        ),
        (lambda: get_tier("huge"), "unknown tier 'huge'; known: smoke, short, full"),
    ],
)
def test_unknown_name_is_named_with_the_known_ones(call, message: str) -> None:
    with pytest.raises(BenchError, match=message):
        call()


def test_tiers_grow() -> None:
    sizes = [tier.train_per_class or 500 for tier in TIERS]
    assert sizes == sorted(sizes)
    assert [tier.name for tier in TIERS] == ["smoke", "short", "full"]


@pytest.mark.parametrize(
    ("tier", "asked", "expected"),
    [("full", None, (8, 8, 8)), ("short", None, (1, 1, 1)), ("full", 2, (2, 2, 2))],
)
def test_small_networks_have_more_seeds_where_a_tier_has_several(
    tier: str, asked: int | None, expected: tuple[int, ...]
) -> None:
    networks = select(("*_cnn*",))
    assert tuple(seeds_of(approach, get_tier(tier), asked) for approach in networks) == expected
