"""Every model against its documented table, and the check against planted changes."""

from collections.abc import Callable
from functools import cache

import keras
import pytest
from keras import layers

import models
from models.conformance import list_tables, load_table, mismatches


@cache
def built(name: str) -> keras.Model:
    """The model, made once for the tests that leave it as it is."""
    return models.build(name)


def rebuilt(name: str, change: Callable[[int, keras.Layer], keras.Layer | None]) -> keras.Model:
    """The model with each layer replaced by what `change` returns, `None` dropping it."""
    layers = (
        change(position, layer.from_config(layer.get_config()))
        for position, layer in enumerate(built(name).layers)
    )
    return keras.Sequential([keras.Input(built(name).input_shape[1:]), *filter(None, layers)])


def test_every_model_has_a_documented_table() -> None:
    assert set(list_tables()) == set(models.list_models())


@pytest.mark.parametrize("name", list_tables())
def test_model_is_the_documented_one(name: str) -> None:
    assert [str(m) for m in mismatches(built(name), load_table(name))] == []


@pytest.mark.parametrize("name", list_tables())
def test_table_adds_up(name: str) -> None:
    table = load_table(name)
    assert sum(row.parameters for row in table.rows) == table.parameters
    assert table.trainable_parameters + table.non_trainable_parameters == table.parameters


def test_one_filter_more_is_found() -> None:
    def widen(position: int, layer: keras.Layer) -> keras.Layer:
        return layers.Conv2D(17, 3, activation="relu", name=layer.name) if position == 0 else layer

    found = [str(m) for m in mismatches(rebuilt("basic_cnn", widen), load_table("basic_cnn"))]
    assert "layer 1 (Conv_16_3): output should be (30, 30, 16), is (30, 30, 17)" in found
    assert "layer 1 (Conv_16_3): parameters should be 448, is 476" in found


def test_one_dropout_less_is_found() -> None:
    def drop(position: int, layer: keras.Layer) -> keras.Layer | None:
        return None if layer.name == "Dropout_0.45" else layer

    table = load_table("improved_cnn")
    found = [str(m) for m in mismatches(rebuilt("improved_cnn", drop), table)]
    assert "layer 16 (Dropout_0.45): name should be Dropout_0.45, is BatchNormalization5" in found
    assert "layer 19 (Dense_100): layer should be Dense_100, is absent" in found


@pytest.mark.parametrize(
    ("layer", "option", "value"),
    [("Dropout_0.25", "rate", 0.2), ("Conv_32_3", "activation", "gelu")],
)
def test_setting_that_changes_no_shape_is_found(layer: str, option: str, value: object) -> None:
    def alter(position: int, old: keras.Layer) -> keras.Layer:
        return old.from_config({**old.get_config(), option: value}) if old.name == layer else old

    found = mismatches(rebuilt("basic_cnn", alter), load_table("basic_cnn"))
    assert [(m.what, m.found) for m in found] == [(option, value)]


def test_thawed_backbone_is_found() -> None:
    model = models.build("vgg19_linear")
    for layer in model.layers:
        layer.trainable = True
    found = {m.what for m in mismatches(model, load_table("vgg19_linear"))}
    assert found == {"trainable_parameters", "non_trainable_parameters"}


def test_unknown_names_are_named() -> None:
    with pytest.raises(models.ModelError, match="unknown model 'resnet'; known: basic_cnn"):
        models.build("resnet")
    with pytest.raises(models.ModelError, match="no documented table for 'resnet'"):
        load_table("resnet")
