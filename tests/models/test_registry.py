"""The models by name, by entry and by where they are defined."""

import keras
import pytest

import models
from models import ModelError
from models.conformance import describe
from models.registry import ENTRIES, ModelEntry, build, build_backbone, build_trainable, get_entry

HERE = __name__


def small(input_shape: tuple[int, ...], num_classes: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(num_classes, activation="softmax", name="scores"),
        ]
    )


def halves(image_size: int) -> keras.Model:
    images = keras.Input((image_size, image_size, 3))
    return keras.Model(images, keras.layers.AveragePooling2D(2, name="halves")(images))


def branched(feature_shape: tuple[int, ...], num_classes: int) -> keras.Model:
    features = keras.Input(feature_shape)
    pooled = [keras.layers.GlobalMaxPooling2D()(features)]
    pooled += [keras.layers.GlobalAveragePooling2D()(features)]
    scores = keras.layers.Dense(num_classes, activation="softmax")
    return keras.Model(features, scores(keras.layers.Concatenate()(pooled)), name="branched")


def nothing(input_shape: tuple[int, ...], num_classes: int) -> None:
    return None


def failing(input_shape: tuple[int, ...], num_classes: int) -> keras.Model:
    raise RuntimeError("no such thing\nat all")


ENTRY = ModelEntry("small", f"{HERE}:small", image_size=8, backbone=f"{HERE}:halves")


def test_patterns_select_names_in_registry_order() -> None:
    assert models.list_models("vgg19*") == ("vgg19_linear", "vgg19_96_head")
    assert models.list_models("no*") == ()


def test_model_is_built_from_an_entry_that_no_registry_knows() -> None:
    model = build(ENTRY, num_classes=7)
    assert model.input_shape == (None, 8, 8, 3)
    assert model.output_shape == (None, 7)
    assert describe(model).rows[0].name == "halves"
    assert model.name == "small"
    backbone = build_backbone(ENTRY)
    assert backbone is not None
    assert backbone.output_shape == (None, 4, 4, 3)
    # Three channels and a bias for each of 7 classes.
    assert build_trainable(ENTRY, (4, 4, 3), 7).count_params() == 28


def test_head_with_branches_is_attached_as_a_whole() -> None:
    entry = ModelEntry("two", f"{HERE}:branched", image_size=8, backbone=f"{HERE}:halves")
    model = build(entry, num_classes=7)
    assert [row.name for row in describe(model).rows] == ["halves", "branched"]
    # Six pooled channels and a bias for each of 7 classes.
    assert model.count_params() == 49


def test_module_and_name_give_a_factory_or_an_entry() -> None:
    assert get_entry(f"{HERE}:ENTRY") is ENTRY
    bare = get_entry(f"{HERE}:small")
    assert bare == ModelEntry(f"{HERE}:small", f"{HERE}:small")
    assert build(bare, 5).output_shape == (None, 5)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("resnet", "unknown model 'resnet'; known: basic_cnn.*, or module:factory"),
        ("nowhere:net", "'nowhere:net' cannot be imported: No module named 'nowhere'"),
        (f"{HERE}:absent", "cannot be imported: .*absent"),
        (f"{HERE}:HERE", "neither a ModelEntry nor the factory"),
        ("a b:c", "unknown model 'a b:c'"),
    ],
)
def test_unknown_model_is_named_in_one_line(model: str, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        get_entry(model)
    assert "\n" not in str(caught.value)


def test_factory_that_fails_is_named_with_its_reason() -> None:
    with pytest.raises(ModelError, match="model 'odd' cannot be built: no such thing"):
        build(ModelEntry("odd", f"{HERE}:failing"))


def test_module_that_ends_the_process_is_named(tmp_path, monkeypatch) -> None:
    (tmp_path / "ending.py").write_text("raise SystemExit('over')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match="'ending:net' cannot be imported: over"):
        get_entry("ending:net")


def test_factory_that_gives_no_model_is_named() -> None:
    with pytest.raises(ModelError, match=r"gives NoneType, not a keras\.Model"):
        build(ModelEntry("none", f"{HERE}:nothing"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"factory": "models.basic_cnn.basic_cnn"}, "is not like module:function"),
        ({"factory": "a:b", "backbone": "c"}, "'c' is not like module:function"),
        ({"factory": "a:b", "image_size": 0}, "image_size is 0, not positive"),
    ],
)
def test_impossible_entry_is_refused(options, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        ModelEntry("odd", **options)


def test_name_with_line_breaks_and_escapes_stays_one_harmless_line() -> None:
    with pytest.raises(ModelError) as caught:
        get_entry("a\nb\x1b[2J")
    assert str(caught.value).isprintable()


def test_a_seed_gives_its_own_weights_and_the_same_ones_again() -> None:
    def weights(name: str, seed: int) -> list:
        keras.utils.set_random_seed(seed)
        shape = (4, 4, 8) if get_entry(name).backbone else (32, 32, 3)
        network = build_trainable(name, shape, 5)
        return [keras.ops.convert_to_numpy(weight) for weight in network.weights]

    for name in (entry.name for entry in ENTRIES):
        first, again, other = (weights(name, seed) for seed in (0, 0, 1))
        assert all((a == b).all() for a, b in zip(first, again, strict=True))
        kernels = [(a, b) for a, b in zip(first, other, strict=True) if a.ndim > 1]
        assert kernels
        assert not any((a == b).any() for a, b in kernels)
