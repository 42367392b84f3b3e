"""Everything that the next epoch of a training needs, so that a stopped run goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from bench.errors import BenchError
from bench.records.record import EpochPart
from bench.system.files import atomic_writer, read_arrays


@dataclass(frozen=True)
class Checkpoint:
    """The state after an epoch.

    Attributes:
        history: every epoch so far.
        variables: the model's, among them the state of its random generators.
        optimizer: the optimizer's variables.
        best: the weights of the best epoch, empty without a validation split.
    """

    history: tuple[EpochPart, ...]
    variables: tuple[NDArray[Any], ...]
    optimizer: tuple[NDArray[Any], ...]
    best: tuple[NDArray[Any], ...]

    @classmethod
    def of(
        cls, model: keras.Model, history: list[EpochPart], best: tuple[NDArray[Any], ...]
    ) -> Checkpoint:
        """The present state of a compiled model."""
        return cls(
            tuple(history),
            tuple(_values(_state(model))),
            tuple(_values(model.optimizer.variables)),
            best,
        )

    def restore(self, model: keras.Model, path: Path) -> None:
        """Put the state into a freshly compiled model of the same make.

        Args:
            model: nothing is put into it if anything does not fit.
            path: where the state was read, for the error's text.

        Raises:
            BenchError: the state is of another model, or holds what is no number.
        """
        model.optimizer.build(model.trainable_variables)
        wanted = {
            "variables": _state(model),
            "optimizer": model.optimizer.variables,
            "best": model.weights if self.best else [],
        }
        for group, variables in wanted.items():
            _require_fitting(path, variables, getattr(self, group))
        if not self.best and any(epoch.validation_loss is not None for epoch in self.history):
            raise BenchError(f"{path} lacks the best epoch's weights; delete it and run again")
        _assign(_state(model), self.variables)
        _assign(model.optimizer.variables, self.optimizer)

    def save(self, path: Path) -> None:
        """Write one `.npz`, atomically."""
        arrays = {
            f"{group}_{position:05d}": value
            for group in ("variables", "optimizer", "best")
            for position, value in enumerate(getattr(self, group))
        }
        history = json.dumps([epoch.model_dump() for epoch in self.history])
        with atomic_writer(path) as file:
            np.savez(file, allow_pickle=False, history=np.array(history), **arrays)

    @classmethod
    def load(cls, path: Path) -> Checkpoint | None:
        """What `save` wrote; `None` where there is nothing.

        Raises:
            BenchError: the file is damaged, or no file.
        """
        arrays = _arrays_of(path)
        if arrays is None:
            return None
        try:
            history = tuple(EpochPart(**epoch) for epoch in json.loads(str(arrays["history"])))
        except ValidationError as error:
            first = error.errors()[0]
            what = f"history: {'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise BenchError(f"{path} is damaged ({what}); delete it and run again") from error
        except (KeyError, ValueError, TypeError, RecursionError) as error:
            raise BenchError(
                f"{path} is damaged (history: {error}); delete it and run again"
            ) from error
        groups = {
            group: tuple(value for name, value in sorted(arrays.items()) if name.startswith(group))
            for group in ("variables", "optimizer", "best")
        }
        return cls(history, **groups)


def save_weights(model: keras.Model, path: Path) -> None:
    """Write a model's weights as one `.npz`, atomically."""
    weights = {f"{position:05d}": value for position, value in enumerate(model.get_weights())}
    with atomic_writer(path) as file:
        np.savez(file, allow_pickle=False, **weights)


def load_weights(model: keras.Model, path: Path) -> None:
    """Put weights that `save_weights` wrote into a model of the same make.

    Raises:
        BenchError: the file is missing, damaged or of another model.
    """
    arrays = _arrays_of(path)
    if arrays is None:
        raise BenchError(f"{path} is missing; run again with --rerun")
    values = tuple(array for _, array in sorted(arrays.items()))
    _require_fitting(path, model.weights, values)
    model.set_weights(values)


def _arrays_of(path: Path) -> dict[str, NDArray[Any]] | None:
    if not path.exists():
        return None
    if not path.is_file():
        raise BenchError(f"{path} should be a file and is none; move it away and run again")
    return read_arrays(path)


def _require_fitting(
    path: Path, variables: Sequence[keras.Variable], values: Sequence[NDArray[Any]]
) -> None:
    if [tuple(v.shape) for v in variables] != [value.shape for value in values]:
        raise BenchError(f"{path} is of another model; delete it and run again")
    for variable, value in zip(variables, values, strict=True):
        kind, wanted = value.dtype.kind, np.dtype(variable.dtype).kind
        if kind != wanted:
            raise BenchError(
                f"{path} has {value.dtype} for {variable.path}; delete it and run again"
            )
        if kind == "f" and not np.isfinite(value).all():
            raise BenchError(
                f"{path} has a value that is no number for {variable.path}; delete it and run again"
            )


def _state(model: keras.Model) -> list[keras.Variable]:
    # Not `model.variables`: those gain the metrics' own once a training has begun.
    return [*model.trainable_variables, *model.non_trainable_variables]


def _values(variables: list[keras.Variable]) -> list[NDArray[Any]]:
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def _assign(variables: list[keras.Variable], values: tuple[NDArray[Any], ...]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
