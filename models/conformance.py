"""Proof that a built model is the documented one, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from math import prod

import keras
from keras import layers

from models.errors import ModelError, reason_of
from models.layer_tables import LayerRow, LayerTable, frozen_settings, list_tables, load_table

__all__ = [
    "LayerRow",
    "LayerTable",
    "Mismatch",
    "describe",
    "list_tables",
    "load_table",
    "mismatches",
]


@dataclass(frozen=True)
class Mismatch:
    """One difference between a model and its table."""

    where: str
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.where}: {self.what} should be {self.expected}, is {self.found}"


def describe(model: keras.Model) -> LayerTable:
    """The layer table of a built model, in the form of the documented ones.

    Raises:
        ModelError: the model is not built, or no Sequential or functional one, so that its
            layers have no outputs to name.
    """
    try:
        return LayerTable(
            source=f"built model {model.name!r}",
            input=tuple(model.input_shape[1:]),
            rows=tuple(
                LayerRow(
                    name=layer.name,
                    type=_type_of(layer),
                    output=tuple(layer.output.shape[1:]),
                    parameters=layer.count_params(),
                    config=frozen_settings(layer.get_config()),
                )
                for layer in model.layers
                if not isinstance(layer, layers.InputLayer)
            ),
            parameters=model.count_params(),
            trainable_parameters=sum(prod(w.shape) for w in model.trainable_weights),
            non_trainable_parameters=sum(prod(w.shape) for w in model.non_trainable_weights),
        )
    except (AttributeError, ValueError, NotImplementedError) as error:
        raise ModelError(
            f"model {model.name!r} has no layer table ({reason_of(error)}); "
            "make it of layers, as keras.Sequential or with the functional API"
        ) from error


def _type_of(layer: keras.Layer) -> str:
    """The class's name; with its module where a foreign class bears the name of one of Keras'."""
    kind = type(layer)
    namesake = getattr(layers, kind.__name__, None)
    if namesake is None or issubclass(kind, namesake):
        return kind.__name__
    return f"{kind.__module__}.{kind.__name__}"


def mismatches(model: keras.Model, table: LayerTable) -> tuple[Mismatch, ...]:
    """Every difference between a model and a table; empty when the model conforms.

    Raises:
        ModelError: the model has no layer table, see `describe`.
    """
    built = describe(model)
    found = [
        Mismatch("model", what, getattr(table, what), getattr(built, what))
        for what in ("input", "parameters", "trainable_parameters", "non_trainable_parameters")
        if getattr(table, what) != getattr(built, what)
    ]
    for position, (expected, actual) in enumerate(zip_longest(table.rows, built.rows), start=1):
        found += _row_mismatches(position, expected, actual)
    return tuple(found)


def _row_mismatches(
    position: int, expected: LayerRow | None, actual: LayerRow | None
) -> list[Mismatch]:
    if expected is None or actual is None:
        present = expected or actual
        assert present is not None
        return [
            Mismatch(
                f"layer {position} ({present.name})",
                "layer",
                expected.name if expected else "absent",
                actual.name if actual else "absent",
            )
        ]
    where = f"layer {position} ({expected.name})"
    found = [
        Mismatch(where, what, getattr(expected, what), getattr(actual, what))
        for what in ("name", "type", "output", "parameters")
        if getattr(expected, what) != getattr(actual, what)
    ]
    return found + [
        Mismatch(where, key, value, actual.config.get(key, "absent"))
        for key, value in expected.config.items()
        if actual.config.get(key) != value
    ]
