"""Everything that the next epoch of a training needs, so that a stopped run goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

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
        best: the weights of the best epoch, empty without early stopping.
    """

    history: tuple[EpochPart, ...]
    variables: tuple[NDArray[Any], ...]
    optimizer: tuple[NDArray[Any], ...]
    best: tuple[NDArray[Any], ...]

    @classmethod
    def of(
        cls, model: keras.Model, history: list[EpochPart], best: list[NDArray[Any]] | None
    ) -> Checkpoint:
        """The present state of a compiled model."""
        return cls(
            tuple(history),
            tuple(_values(_state(model))),
            tuple(_values(model.optimizer.variables)),
            tuple(best or ()),
        )

    def restore(self, model: keras.Model) -> None:
        """Put the state into a freshly compiled model of the same make."""
        model.optimizer.build(model.trainable_variables)
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
            BenchError: the file is damaged.
        """
        if not path.exists():
            return None
        arrays = read_arrays(path)
        try:
            history = tuple(EpochPart(**epoch) for epoch in json.loads(str(arrays["history"])))
        except (KeyError, ValueError) as error:
            raise BenchError(f"{path} is damaged ({error}); delete it and run again") from error
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
        BenchError: the file is damaged or of another model.
    """
    arrays = read_arrays(path)
    try:
        model.set_weights([arrays[name] for name in sorted(arrays)])
    except ValueError as error:
        raise BenchError(f"{path} is of another model; delete it and run again") from error


def _state(model: keras.Model) -> list[keras.Variable]:
    # Not `model.variables`: those gain the metrics' own once a training has begun.
    return [*model.trainable_variables, *model.non_trainable_variables]


def _values(variables: list[keras.Variable]) -> list[NDArray[Any]]:
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def _assign(variables: list[keras.Variable], values: tuple[NDArray[Any], ...]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
