"""Pickles of arrays, opened by an unpickler that knows nothing but arrays."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np

# What a pickle made to mislead raises besides UnpicklingError.
_BROKEN = (
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    MemoryError,
    RecursionError,
    ImportError,
)


def unpickle(content: bytes) -> dict[bytes, Any]:
    """The dictionary that Python 2 pickled, its strings as bytes.

    Raises:
        ValueError: anything else; the text says what.
    """
    try:
        found = _ArrayUnpickler(io.BytesIO(content), encoding="bytes").load()
    except _BROKEN as error:
        raise ValueError(f"is not a plain pickle of arrays ({error})") from error
    if not isinstance(found, dict):
        raise ValueError(f"holds a {type(found).__name__}, not a dictionary")
    return found


def _dtype(name: Any, *_: Any) -> np.dtype[Any]:
    # Old pickles pass integers for `align` and `copy`, which newer NumPy versions refuse.
    return np.dtype(name)


class _ArrayUnpickler(pickle.Unpickler):
    """Knows how to rebuild NumPy arrays and byte strings, and refuses every other name."""

    _rebuild_array = np.empty(0).__reduce__()[0]
    _known: Mapping[tuple[str, str], Any] = {
        ("numpy", "dtype"): _dtype,
        ("numpy", "ndarray"): np.ndarray,
        ("numpy.core.multiarray", "_reconstruct"): _rebuild_array,
        ("numpy._core.multiarray", "_reconstruct"): _rebuild_array,
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._known[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}") from None
