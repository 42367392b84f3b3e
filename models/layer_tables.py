"""Documented layer tables: what a source says of a model, row by row, read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from models import registry
from models.errors import ModelError, reason_of
from models.registry import ModelEntry, get_entry


@dataclass(frozen=True)
class LayerRow:
    """One row of a layer table.

    Attributes:
        name: the layer's name.
        type: Keras' class name.
        output: shape without the batch.
        parameters: of this layer.
        config: further settings that are fixed, by Keras' names; lists are tuples.
    """

    name: str
    type: str
    output: tuple[int, ...]
    parameters: int
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerTable:
    """A documented layer table with its totals.

    Attributes:
        source: where it is documented.
        input: input shape without the batch.
        rows: every layer but the input, in order.
        keras_defaults: by layer type, the settings that the source leaves to Keras' defaults;
            they stand in every row's `config` that does not say otherwise.
    """

    source: str
    input: tuple[int, ...]
    rows: tuple[LayerRow, ...]
    parameters: int
    trainable_parameters: int
    non_trainable_parameters: int
    keras_defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def list_tables() -> tuple[str, ...]:
    """Names of the models with a documented table, in registry order."""
    return tuple(entry.name for entry in registry.ENTRIES if entry.table)


def load_table(model: str | ModelEntry) -> LayerTable:
    """The documented layer table of a model.

    Args:
        model: an entry, or a name as `models.registry.get_entry` takes it.

    Raises:
        ModelError: no such model, it has no table, or the table is malformed.
    """
    entry = get_entry(model)
    if entry.table is None:
        raise ModelError(
            f"no documented table for {entry.name!r}; there are: {', '.join(list_tables())}"
        )
    return parse_table(_read(entry.table), entry.table)


def parse_table(content: bytes, where: str) -> LayerTable:
    """A layer table of the TOML in which `models/documented` holds them.

    Args:
        content: of the file.
        where: the file, for errors.

    Raises:
        ModelError: the content is not UTF-8, not TOML, or not a layer table.
    """
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{where} is not a layer table in TOML: {reason_of(error)}") from error
    table = _Reader(data, where)
    defaults = {
        kind: dict(_Reader(settings, f"{where}, keras_defaults.{kind}").data)
        for kind, settings in table.take("keras_defaults", dict, {}).items()
    }
    rows = tuple(
        _row(_Reader(row, f"{where}, layer {position}"), defaults)
        for position, row in enumerate(table.take("layers", list), start=1)
    )
    found = LayerTable(
        source=table.take("source", str),
        input=table.shape("input"),
        rows=rows,
        parameters=table.take("parameters", int),
        trainable_parameters=table.take("trainable_parameters", int),
        non_trainable_parameters=table.take("non_trainable_parameters", int),
        keras_defaults=defaults,
    )
    table.finish()
    return found


def _row(reader: _Reader, defaults: Mapping[str, Mapping[str, Any]]) -> LayerRow:
    kind = reader.take("type", str)
    stated = reader.take("config", dict, {})
    row = LayerRow(
        name=reader.take("name", str),
        type=kind,
        output=reader.shape("output"),
        parameters=reader.take("parameters", int),
        config=frozen_settings({**defaults.get(kind, {}), **stated}),
    )
    reader.finish()
    return row


def frozen_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with their lists as tuples: TOML has only lists, Keras gives both."""
    return {name: _frozen(value) for name, value in settings.items()}


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


class _Reader:
    """Takes the keys of a TOML table one by one, each of the type that it should have."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise ModelError(f"{where} should be a table, is {data!r}")
        self.data: dict[str, Any] = dict(data)
        self.where = where

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        if key not in self.data:
            if default is not None:
                return default
            raise ModelError(f"{self.where} lacks {key!r}")
        value = self.data.pop(key)
        # In Python True is an int; in a table it is a mistake.
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ModelError(
                f"{self.where}: {key!r} should be of type {kind.__name__}, is {value!r}"
            )
        return value

    def shape(self, key: str) -> tuple[int, ...]:
        value = tuple(self.take(key, list))
        if not value or not all(type(size) is int and size > 0 for size in value):
            raise ModelError(f"{self.where}: {key!r} should be positive integers, is {value!r}")
        return value

    def finish(self) -> None:
        if self.data:
            raise ModelError(f"{self.where}: unknown key {next(iter(self.data))!r}")


def _read(location: str) -> bytes:
    package, separator, path = location.partition(":")
    try:
        if separator and all(part.isidentifier() for part in package.split(".")):
            return files(package).joinpath(*path.split("/")).read_bytes()
        return Path(location).read_bytes()
    except (OSError, ImportError, TypeError, ValueError) as error:
        raise ModelError(f"layer table {location!r} cannot be read: {reason_of(error)}") from error
