"""The arrays of a predictions file, in each layout that was ever written.

Layout 2 holds the fields of `bench.records.predictions.Predictions` and its own number in `layout`.
Layout 1 has no number, is rounded to float16 and knows nothing of ties. Its scores stay what its
records say: a tie counts for the class that was stored first, and a probability is the stored one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError

TOP = 5
LAYOUT = 2
Arrays = Mapping[str, NDArray[Any]]

_COMMON = {"index": "<i4", "label": "|u1", "top_class": "|u1"}
_FIRST = _COMMON | {"top_probability": "<f2", "label_log_probability": "<f2"}
_SECOND = _COMMON | {
    "top_log_probability": "<f4",
    "label_log_probability": "<f4",
    "label_first_place": "|u1",
    "label_last_place": "|u1",
}
# Behind all places that layout 1 knows.
_BEHIND = 255


def fields_of(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The fields of predictions from the arrays of a file in either layout.

    Raises:
        BenchError: an array is missing, unknown, or of another type, shape or length, or the
            layout is a later one.
    """
    if "layout" not in arrays:
        _require(arrays, _FIRST)
        return _from_first(arrays)
    require_this_layout(arrays)
    fields = {name: array for name, array in arrays.items() if name != "layout"}
    _require(fields, _SECOND)
    _require_agreement(fields)
    return fields


def require_this_layout(arrays: Arrays) -> None:
    """Do nothing if the array `layout` says the layout that is written now.

    Raises:
        BenchError: it says a later one, or is no single number.
    """
    if arrays["layout"].shape != () or arrays["layout"] != LAYOUT:
        raise BenchError(f"layout {arrays['layout']}; this version reads {LAYOUT}, so update it")


def arrays_of(fields: Mapping[str, NDArray[Any] | None]) -> dict[str, NDArray[Any]]:
    """The arrays of a file from the fields of predictions; layout 1 stays layout 1."""
    given = {name: array for name, array in fields.items() if array is not None}
    half = given.pop("half_probability", None)
    if half is None:
        return {"layout": np.array(LAYOUT, np.uint8), **given}
    stored = {name: given[name] for name in _COMMON}
    label = given["label_log_probability"].astype(np.float16)
    return {**stored, "top_probability": half, "label_log_probability": label}


def require_columns(arrays: Arrays, dtypes: Mapping[str, str] = _SECOND) -> None:
    """Do nothing if these arrays are of their types and shapes, with as many images each.

    Raises:
        BenchError: one is not.
    """
    for name, array in arrays.items():
        if array.dtype.str != dtypes[name]:
            raise BenchError(f"{name} is {array.dtype.str} instead of {dtypes[name]}")
        if array.ndim != (2 if name.startswith("top") else 1):
            raise BenchError(f"{name} has shape {array.shape}")
    if len({len(array) for array in arrays.values()}) != 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise BenchError(f"arrays of unlike lengths: {shapes}")
    widths = {array.shape[1] for array in arrays.values() if array.ndim == 2}
    if len(widths) > 1 or not all(1 <= width <= TOP for width in widths):
        raise BenchError(f"{sorted(widths)} most probable classes an image instead of 1 to {TOP}")


def _from_first(arrays: Arrays) -> dict[str, NDArray[Any]]:
    is_label = arrays["top_class"] == arrays["label"][:, None]
    place = np.where(is_label.any(axis=1), is_label.argmax(axis=1), _BEHIND).astype(np.uint8)
    with np.errstate(divide="ignore"):
        logarithms = np.log(arrays["top_probability"].astype(np.float32))
    return {
        **{name: arrays[name] for name in _COMMON},
        "top_log_probability": logarithms,
        "label_log_probability": arrays["label_log_probability"].astype(np.float32),
        "label_first_place": place,
        "label_last_place": place,
        "half_probability": arrays["top_probability"],
    }


def _require_agreement(fields: Arrays) -> None:
    """What is stored twice must agree: scores follow from the places, pages show the classes."""
    first, last = fields["label_first_place"], fields["label_last_place"]
    logarithms, of_label = fields["top_log_probability"], fields["label_log_probability"]
    place = np.arange(logarithms.shape[1])
    is_label = fields["top_class"] == fields["label"][:, None]
    may_be = (first[:, None] <= place) & (place <= last[:, None])
    same = logarithms == of_label[:, None]
    stored = is_label.any(axis=1)
    wrong = (
        (is_label & ~may_be).any(axis=1)
        | (may_be & ~same).any(axis=1)
        | (is_label.sum(axis=1) > 1)
        | (~stored & (last < len(place)))
        | (~stored & (of_label > logarithms[:, -1]))
        | (first > last)
        | (np.diff(logarithms, axis=1) > 0).any(axis=1)
        | ~(of_label <= 0)
    )
    if wrong.any():
        raise BenchError(
            f"{int(wrong.sum())} images whose right class's place and probability do not agree "
            f"with their most probable classes, first at position {int(wrong.argmax())}"
        )


def _require(arrays: Arrays, dtypes: Mapping[str, str]) -> None:
    if arrays.keys() != dtypes.keys():
        raise BenchError(f"arrays {sorted(arrays)} instead of {sorted(dtypes)}")
    require_columns(arrays, dtypes)
