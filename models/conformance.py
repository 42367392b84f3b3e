"""Proof that a built model is the documented one, row by row."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from math import prod
from typing import Any

import keras
from keras import layers

from models.errors import ModelError


@dataclass(frozen=True)
class LayerRow:
    """One row of a layer table.

    Attributes:
        name: the layer's name.
        type: Keras' class name.
        output: shape without the batch.
        parameters: of this layer.
        config: further settings that the table states, by Keras' names.
    """

    name: str
    type: str
    output: tuple[int, ...]
    parameters: int
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerTable:
    """A documented layer table with its totals.

    Attributes:
        source: where it is documented.
        input: input shape without the batch.
    """

    source: str
    input: tuple[int, ...]
    rows: tuple[LayerRow, ...]
    parameters: int
    trainable_parameters: int
    non_trainable_parameters: int


@dataclass(frozen=True)
class Mismatch:
    """One difference between a model and its table."""

    where: str
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.where}: {self.what} should be {self.expected}, is {self.found}"


def list_tables() -> tuple[str, ...]:
    """Names of the models with a documented table."""
    return tuple(
        sorted(
            file.name.removesuffix(".toml")
            for file in files("models").joinpath("documented").iterdir()
            if file.name.endswith(".toml")
        )
    )


@cache
def load_table(name: str) -> LayerTable:
    """Read `models/documented/<name>.toml`.

    Raises:
        ModelError: the model has no table.
    """
    if name not in list_tables():
        raise ModelError(f"no documented table for {name!r}; there are: {', '.join(list_tables())}")
    data = tomllib.loads(
        files("models").joinpath("documented", f"{name}.toml").read_text(encoding="utf-8")
    )
    rows = tuple(LayerRow(**{**row, "output": tuple(row["output"])}) for row in data.pop("layers"))
    return LayerTable(rows=rows, input=tuple(data.pop("input")), **data)


def describe(model: keras.Model) -> LayerTable:
    """The layer table of a built model, in the form of the documented ones."""
    return LayerTable(
        source=f"built model {model.name!r}",
        input=tuple(model.input_shape[1:]),
        rows=tuple(
            LayerRow(
                name=layer.name,
                type=type(layer).__name__,
                output=tuple(layer.output.shape[1:]),
                parameters=layer.count_params(),
                config=layer.get_config(),
            )
            for layer in model.layers
            if not isinstance(layer, layers.InputLayer)
        ),
        parameters=model.count_params(),
        trainable_parameters=sum(prod(w.shape) for w in model.trainable_weights),
        non_trainable_parameters=sum(prod(w.shape) for w in model.non_trainable_weights),
    )


def mismatches(model: keras.Model, table: LayerTable) -> tuple[Mismatch, ...]:
    """Every difference between a model and a table; empty when the model conforms."""
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
        Mismatch(where, key, value, actual.config.get(key))
        for key, value in expected.config.items()
        if actual.config.get(key) != value
    ]
