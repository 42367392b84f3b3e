"""Predictions that were made elsewhere: read, and held against the test images they claim."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.records.predictions import Predictions
from bench.system.files import array_names, read_arrays

Kind = Literal["probabilities", "logits"]
KINDS: tuple[Kind, ...] = ("probabilities", "logits")
# The columns of a CSV file: `probability_0`, `probability_1`, or `logit_0`, `logit_1`.
_COLUMNS: Mapping[Kind, str] = {"probabilities": "probability_", "logits": "logit_"}
# Of a sum of float32 or of printed decimals; a softmax that was forgotten is far off.
_ROUNDING = 1e-3
_OPTIONAL = ("index", "label")


@dataclass(frozen=True, eq=False)
class Supplied:
    """What a file says, not judged yet.

    Attributes:
        path: of the file, for messages.
        kind: what the values are.
        values: float (n, classes), one line an image.
        index: (n,), position of each image in the data set's test split; `None` where left out.
        label: (n,), the right class of each; `None` where left out.
    """

    path: Path
    kind: Kind
    values: NDArray[Any]
    index: NDArray[Any] | None = None
    label: NDArray[Any] | None = None


def read_supplied(path: Path) -> Supplied:
    """Read an `.npz` or `.csv` file.

    An `.npz` holds `probabilities` or `logits`, (n, classes), a `.csv` a column `probability_0`,
    `probability_1` and so on, or `logit_0`; both may hold `index` and `label`.

    Raises:
        BenchError: the file is missing, damaged or has no such columns.
    """
    if not path.is_file():
        raise BenchError(f"{path}: there is no such file of predictions")
    arrays = _of_csv(path) if path.suffix == ".csv" else _of_npz(path)
    present = [kind for kind in KINDS if kind in arrays]
    if len(present) != 1:
        raise BenchError(
            f"{path} should hold either probabilities or logits, holds {', '.join(arrays) or '-'}"
        )
    return Supplied(path, present[0], arrays[present[0]], arrays.get("index"), arrays.get("label"))


def fitting(
    supplied: Supplied, labels: NDArray[np.uint8], classes: int, chosen: NDArray[np.int64]
) -> Predictions:
    """The predictions, if they are of these test images in their order.

    Args:
        supplied: of a file.
        labels: uint8 (n,), of all test images in the data set's order.
        classes: how many the data set has.
        chosen: positions of those that are scored.

    Raises:
        BenchError: they are not; one line names the first fault.
    """
    where, values, n = supplied.path, supplied.values, len(labels)
    if values.ndim != 2 or values.shape != (n, classes):
        shape = " x ".join(map(str, values.shape))
        raise BenchError(
            f"{where}: {supplied.kind} of shape {shape}; {n} x {classes} are wanted, a line for "
            "each test image and a column for each class"
        )
    if values.dtype.kind not in "fiu" or not np.isfinite(values.astype(np.float64)).all():
        raise BenchError(f"{where}: some {supplied.kind} are not finite numbers")
    _check_index(supplied, n)
    _check_labels(supplied, labels)
    scored = values.astype(np.float64)[chosen]
    if supplied.kind == "logits":
        return Predictions.from_logits(scored, labels[chosen], chosen)
    _check_probabilities(where, values.astype(np.float64))
    return Predictions.from_probabilities(np.minimum(scored, 1.0), labels[chosen], chosen)


def _check_index(supplied: Supplied, n: int) -> None:
    index = supplied.index
    if index is None or np.array_equal(index, np.arange(n)):
        return
    if index.shape == (n,) and np.array_equal(np.sort(index), np.arange(n)):
        raise BenchError(f"{supplied.path}: the images are in another order; sort all by index")
    raise BenchError(
        f"{supplied.path}: index names other images; it should be 0 to {n - 1}, each once"
    )


def _check_labels(supplied: Supplied, labels: NDArray[np.uint8]) -> None:
    given = supplied.label
    if given is None or np.array_equal(given, labels):
        return
    if given.shape != labels.shape:
        raise BenchError(f"{supplied.path}: {given.size} labels of {len(labels)} test images")
    wrong = int((given != labels).sum())
    same = np.array_equal(np.sort(given), np.sort(labels))
    why = "the images are in another order" if same else "these are other images or classes"
    raise BenchError(f"{supplied.path}: {wrong} of {len(labels)} labels are wrong; {why}")


def _check_probabilities(where: Path, values: NDArray[np.float64]) -> None:
    if values.min() < 0 or values.max() > 1 + _ROUNDING:
        raise BenchError(
            f"{where}: probabilities from {values.min():.4g} to {values.max():.4g}; "
            "give them as logits, or after a softmax"
        )
    sums = values.sum(axis=1)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > _ROUNDING:
        raise BenchError(f"{where}: the probabilities of image {worst} sum to {sums[worst]:.4g}")


def _of_npz(path: Path) -> dict[str, NDArray[Any]]:
    try:
        names = array_names(path)
        wanted = [name for name in (*KINDS, *_OPTIONAL) if name in names]
        return read_arrays(path, wanted) if wanted else {}
    except BenchError as error:
        raise BenchError(f"{path} cannot be read as .npz or .csv of predictions") from error


def _of_csv(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            head, *lines = list(csv.reader(file))
        table = np.array(lines, np.float64)
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise BenchError(f"{path} is no table of numbers with a line of names ({said})") from error
    found: dict[str, NDArray[Any]] = {}
    for kind in KINDS:
        columns = _numbered(head, _COLUMNS[kind])
        if columns:
            found[kind] = table[:, columns]
    for name in _OPTIONAL:
        if name in head:
            found[name] = table[:, head.index(name)]
    return found


def _numbered(head: Sequence[str], prefix: str) -> list[int]:
    """Where `prefix0`, `prefix1` and so on stand, up to the first that is missing."""
    columns: list[int] = []
    while (name := f"{prefix}{len(columns)}") in head:
        columns.append(head.index(name))
    return columns
