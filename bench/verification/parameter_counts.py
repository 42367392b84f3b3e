"""Parameter counts of records against the documented layer tables."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from bench.records.record import RunRecord
from bench.verification.problem import Finding, unequal
from bench.verification.record_checks import is_forest

_CLASSES = 100


@cache
def documented_counts() -> Mapping[str, tuple[int, int, int]]:
    """Parameters, trainable and not, of each model with a table, for 100 classes.

    Read from the tables as text: `models.conformance` holds built models against them, and needs a
    framework for that.
    """
    found = {}
    for file in files("models").joinpath("documented").iterdir():
        if file.name.endswith(".toml"):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            found[file.name.removesuffix(".toml")] = (
                table["parameters"],
                table["trainable_parameters"],
                table["non_trainable_parameters"],
            )
    return found


def check_parameters(record: RunRecord, models: Mapping[str, str]) -> Iterator[Finding]:
    """Counts that are not those of the documented table.

    Args:
        record: of a finished run.
        models: name of each known approach's model.
    """
    model = record.model
    if is_forest(record):
        yield from unequal("model.parameters", None, model.parameters)
        return
    if "network" in record.recipe:
        # What is fitted on a network's output is no part of that network's table.
        return
    documented = documented_counts().get(models.get(record.approach, ""))
    if documented is None or len(record.per_class_accuracy) != _CLASSES:
        return
    names = ("parameters", "trainable_parameters", "non_trainable_parameters")
    # A backbone that is trained along moves its parameters from one column to the other.
    trains = bool(record.recipe.get("trains_backbone"))
    for name, wanted in zip(names[:1] if trains else names, documented, strict=False):
        yield from unequal(f"model.{name}", wanted, getattr(model, name))
