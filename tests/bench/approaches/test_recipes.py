"""Recipes as the report sets them, and Keras' and scikit-learn's defaults where it is silent."""

import dataclasses
import hashlib
import inspect

import pytest

from bench.approaches.recipes import (
    EarlyStopping,
    ForestRecipe,
    NetworkRecipe,
    Optimizer,
    as_plain,
    digest,
    with_backbone_dtype,
)
from bench.approaches.registry import get_approach
from bench.errors import BenchError
from datasets.augmentation.parameters import AffineAugmentation

# Held-out fraction, epochs, pixels, image size of the backbone, augmented, stops early.
NETWORKS = {
    "basic_cnn": (0.2, 10, "raw", None, False, False),
    "improved_cnn": (0.2, 20, "unit", None, False, False),
    "improved_cnn_augmented": (0.1, 20, "unit", None, True, False),
    "vgg19_linear": (0.2, 20, None, 32, False, False),
    "vgg19_96_head": (0.2, 50, None, 96, False, True),
}
FORESTS = {
    "vgg19_forest": ("vgg19_linear", "backbone"),
    "vgg19_96_forest": ("vgg19_96_head", "Dense_256"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_network_is_trained_as_the_report_says(name: str) -> None:
    fraction, epochs, pixels, size, augmented, stops = NETWORKS[name]
    recipe = get_approach(name).recipe
    assert (recipe.split.kind, recipe.split.fraction, recipe.epochs) == ("tail", fraction, epochs)
    assert (recipe.augmentation is not None) == augmented
    if pixels:
        assert recipe.scaling == pixels
    assert (recipe.backbone.image_size if recipe.backbone else None) == size
    assert (recipe.early_stopping is not None) == stops
    assert not recipe.trains_backbone


@pytest.mark.parametrize("name", NETWORKS)
def test_what_the_report_is_silent_on_is_keras_default(name: str) -> None:
    import keras

    recipe = get_approach(name).recipe
    adam = inspect.signature(keras.optimizers.Adam).parameters
    assert recipe.optimizer == Optimizer("adam", adam["learning_rate"].default, 0.0)
    assert recipe.batch_size == 32
    if recipe.early_stopping:
        callback = inspect.signature(keras.callbacks.EarlyStopping).parameters
        assert recipe.early_stopping == EarlyStopping(
            callback["patience"].default, callback["restore_best_weights"].default
        )
    if recipe.backbone:
        assert (recipe.backbone.scaling, recipe.backbone.resize) == ("imagenet", "bilinear")
        assert recipe.backbone.dtype == "float32"


def test_augmentation_is_the_reports() -> None:
    stated = {
        "rotation_degrees": 10,
        "width_shift": 0.1,
        "height_shift": 0.1,
        "shear_degrees": 0.01,
        "zoom": 0.05,
        "horizontal_flip": True,
        "vertical_flip": False,
    }
    recipe = get_approach("improved_cnn_augmented").recipe
    assert dataclasses.asdict(recipe.augmentation) == stated
    assert dataclasses.asdict(AffineAugmentation()) == stated


@pytest.mark.parametrize("name", FORESTS)
def test_forest_reads_the_layer_below_the_scores(name: str) -> None:
    from sklearn.ensemble import RandomForestClassifier

    trees = inspect.signature(RandomForestClassifier).parameters["n_estimators"].default
    base, features = FORESTS[name]
    assert get_approach(name).recipe == ForestRecipe(base, features, trees)


@pytest.mark.parametrize(("cap", "epochs"), [(None, 50), (7, 7), (80, 50)])
def test_tier_caps_epochs(cap, epochs: int) -> None:
    assert get_approach("vgg19_96_head").recipe.epochs_under(cap) == epochs


def test_plain_form_leaves_out_what_was_added_later_and_is_at_its_default() -> None:
    recipe = get_approach("vgg19_96_head").recipe
    assert as_plain(recipe)["early_stopping"] == {"patience": 0}
    assert "trains_backbone" not in as_plain(recipe)
    trained = dataclasses.replace(recipe, trains_backbone=True)
    assert as_plain(trained)["trains_backbone"] is True


def test_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": 2})


def test_backbone_s_type_is_changed_where_there_is_a_backbone() -> None:
    head, plain = get_approach("vgg19_linear").recipe, get_approach("basic_cnn").recipe
    assert head.with_backbone_dtype("bfloat16").backbone.dtype == "bfloat16"
    assert plain.with_backbone_dtype("bfloat16") == plain


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batch_size": 0}, "batch size 0"),
        ({"batch_size": -3}, "batch size -3"),
        ({"epochs": 0}, "0 epochs"),
        ({"epochs": -1}, "-1 epochs"),
    ],
)
@pytest.mark.promise(
    "a recipe has 0 epochs, a batch of 0, or other absurd numbers",
    "one line with the fix",
)
def test_absurd_number_is_refused_with_the_fix(changes, words: str) -> None:
    recipe = get_approach("basic_cnn").recipe
    with pytest.raises(BenchError, match=f"{words}; give 1 or more"):
        dataclasses.replace(recipe, **changes)


@pytest.mark.parametrize("rate", [0.0, -1e-3, float("nan"), float("inf")])
def test_learning_rate_that_cannot_train_is_refused(rate: float) -> None:
    with pytest.raises(BenchError, match="learning rate"):
        Optimizer(learning_rate=rate)


def test_forest_of_no_trees_and_negative_patience_are_refused() -> None:
    with pytest.raises(BenchError, match="0 trees; give 1 or more"):
        ForestRecipe("basic_cnn", "Flatten", trees=0)
    with pytest.raises(BenchError, match="patience -1; give 0 or more"):
        EarlyStopping(-1)


def test_recipe_of_a_network_keeps_its_place_in_plain_form() -> None:
    plain = as_plain(get_approach("basic_cnn").recipe)
    assert set(plain) == {f.name for f in dataclasses.fields(NetworkRecipe)} - {"trains_backbone"}


@pytest.mark.parametrize("name", [*NETWORKS, *FORESTS])
def test_what_planning_asks_of_a_recipe(name: str) -> None:
    """What is read, what must be trained before, and who has a core of its own."""
    recipe = get_approach(name).recipe
    facts = (recipe.reads_features, recipe.needs_trained_base, recipe.one_core, recipe.base)
    assert (
        facts
        == {
            "basic_cnn": (False, False, True, None),
            "improved_cnn": (False, False, True, None),
            "improved_cnn_augmented": (False, False, True, None),
            "vgg19_linear": (True, False, False, None),
            "vgg19_96_head": (True, False, False, None),
            # The first needs its base's backbone alone, the second a layer that was trained.
            "vgg19_forest": (False, False, False, "vgg19_linear"),
            "vgg19_96_forest": (False, True, False, "vgg19_96_head"),
        }[name]
    )
    assert recipe.estimator == ("network" if name in NETWORKS else "forest")


def test_a_backbone_that_is_trained_along_is_no_feature() -> None:
    recipe = get_approach("vgg19_linear").recipe
    assert not dataclasses.replace(recipe, trains_backbone=True).reads_features


@pytest.mark.parametrize("features", ["Dense_256", "Avocado", "zzz"])
def test_any_layer_of_the_base_must_be_trained(features: str) -> None:
    assert ForestRecipe("vgg19_linear", features).needs_trained_base


def test_forest_has_no_epochs_whatever_the_cap() -> None:
    forest = get_approach("vgg19_forest").recipe
    assert [forest.epochs_under(cap) for cap in (None, 1, 20)] == [0, 0, 0]
    assert forest.with_backbone_dtype("bfloat16") is forest


def test_one_is_enough_of_everything() -> None:
    recipe = get_approach("basic_cnn").recipe
    assert dataclasses.replace(recipe, batch_size=1, epochs=1).epochs == 1
    assert ForestRecipe("basic_cnn", "Flatten", trees=1).trees == 1
    assert EarlyStopping(0).patience == 0


def test_type_of_a_backbone_is_changed_in_a_plain_recipe_too() -> None:
    head = as_plain(get_approach("vgg19_linear").recipe)
    for plain in (head, {"network": head, "trees": 3}):
        changed = with_backbone_dtype(plain, "bfloat16")
        inner = changed.get("network", changed)
        assert inner["backbone"]["dtype"] == "bfloat16"
        assert {**inner, "backbone": head["backbone"]} == head
        assert plain.get("network", plain)["backbone"]["dtype"] == "float32"
    small = as_plain(get_approach("basic_cnn").recipe)
    assert with_backbone_dtype(small, "bfloat16") == small


def test_digest_is_the_beginning_of_sha_256_of_compact_json() -> None:
    expected = hashlib.sha256(b'{"a":1,"b":[2,null]}').hexdigest()
    assert digest({"b": [2, None], "a": 1}) == expected[:12]
    assert digest({"b": [2, None], "a": 1}, 64) == expected


def test_keras_1e_3_and_another_rate_are_told_apart() -> None:
    assert Optimizer().learning_rate == 1e-3
    assert as_plain(Optimizer(learning_rate=0.01)) != as_plain(Optimizer())
