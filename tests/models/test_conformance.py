"""Every model against its documented table, and the check against planted changes."""

from collections.abc import Callable
from functools import cache

import keras
import pytest
from keras import layers

import models
from models.conformance import list_tables, load_table, mismatches
from models.layer_tables import parse_table


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
    ("model", "layer", "option", "value"),
    [
        ("basic_cnn", "Dropout_0.25", "rate", 0.2),
        ("basic_cnn", "Conv_32_3", "activation", "gelu"),
        ("basic_cnn", "Dense_100", "activation", "sigmoid"),
        ("basic_cnn", "BatchNormalization2", "momentum", 0.9),
        ("improved_cnn", "BatchNormalization5", "epsilon", 1e-5),
        ("improved_cnn", "Conv_256_3", "activation", "linear"),
        ("improved_cnn", "BatchNormalization1", "scale", False),
    ],
)
def test_setting_that_changes_no_shape_is_found(
    model: str, layer: str, option: str, value: object
) -> None:
    def alter(position: int, old: keras.Layer) -> keras.Layer:
        return old.from_config({**old.get_config(), option: value}) if old.name == layer else old

    found = mismatches(rebuilt(model, alter), load_table(model))
    assert (option, value) in [(m.what, m.found) for m in found]
    assert all(layer in m.where or m.where == "model" for m in found)


def test_wrong_settings_of_the_96_head_are_found() -> None:
    wrong = {
        "Dense_512": ("activation", "tanh"),
        "BatchNormalization": ("momentum", 0.9),
        "Dropout_0.4": ("rate", 0.3),
        "dense_7": ("activation", "sigmoid"),
    }

    def alter(position: int, old: keras.Layer) -> keras.Layer | None:
        if isinstance(old, layers.InputLayer):
            return None
        config = old.get_config() | dict([wrong[old.name]] if old.name in wrong else [])
        if "kernel_initializer" in config:  # nobody reads the weights, and drawing them takes long
            config["kernel_initializer"] = "zeros"
        return old.from_config(config)

    found = mismatches(rebuilt("vgg19_96_head", alter), load_table("vgg19_96_head"))
    assert [(m.what, m.found) for m in found] == list(wrong.values())
    assert [m.where.split("(")[1] for m in found] == [f"{layer})" for layer in wrong]


def test_layer_of_another_type_is_found() -> None:
    def swap(position: int, layer: keras.Layer) -> keras.Layer:
        other = layers.AveragePooling2D(2, name="MaxPooling")
        return other if layer.name == "MaxPooling" else layer

    found = mismatches(rebuilt("basic_cnn", swap), load_table("basic_cnn"))
    assert [str(m) for m in found] == [
        "layer 3 (MaxPooling): type should be MaxPooling2D, is AveragePooling2D"
    ]


def test_foreign_layer_under_the_name_of_one_of_keras_is_found() -> None:
    class Flatten(keras.layers.Layer):  # only looks like one
        def call(self, values):
            return keras.ops.reshape(values, (-1, 1600))

        def compute_output_shape(self, shape):
            return (shape[0], 1600)

    def swap(position: int, layer: keras.Layer) -> keras.Layer:
        return Flatten(name="Flatten") if layer.name == "Flatten" else layer

    (found,) = mismatches(rebuilt("basic_cnn", swap), load_table("basic_cnn"))
    assert (found.what, found.expected) == ("type", "Flatten")
    assert str(found.found).endswith("test_conformance.Flatten")


def test_other_input_shape_is_found_where_nothing_else_differs() -> None:
    layer = '{ name = "p", type = "GlobalMaxPooling2D", output = [3], parameters = 0 }'
    table = parse_table(
        f'source = "s"\ninput = [32, 32, 3]\nlayers = [{layer}]\nparameters = 0\n'
        "trainable_parameters = 0\nnon_trainable_parameters = 0".encode(),
        "t.toml",
    )

    def model(size: int) -> keras.Model:
        pooling = layers.GlobalMaxPooling2D(name="p")
        return keras.Sequential([keras.Input((size, size, 3)), pooling])

    assert mismatches(model(32), table) == ()
    assert [str(m) for m in mismatches(model(96), table)] == [
        "model: input should be (32, 32, 3), is (96, 96, 3)"
    ]


def test_model_without_a_graph_is_refused_in_one_line() -> None:
    class Subclassed(keras.Model):
        def call(self, values):
            return values

    with pytest.raises(models.ModelError, match="'mine' has no layer table") as caught:
        mismatches(Subclassed(name="mine"), load_table("basic_cnn"))
    assert "\n" not in str(caught.value)


def test_thawed_backbone_is_found() -> None:
    model = models.build("vgg19_linear")
    for layer in model.layers:
        layer.trainable = True
    found = {m.what for m in mismatches(model, load_table("vgg19_linear"))}
    assert found == {"trainable_parameters", "non_trainable_parameters"}


def test_unknown_names_are_named() -> None:
    with pytest.raises(models.ModelError, match="unknown model 'resnet'; known: basic_cnn"):
        models.build("resnet")
    with pytest.raises(models.ModelError, match="unknown model 'resnet'"):
        load_table("resnet")
