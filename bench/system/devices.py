"""What Keras computes on."""

from __future__ import annotations

import keras


def has_accelerator() -> bool:
    """Whether the backend has a GPU or TPU to compute on."""
    return any(not name.lower().startswith("cpu") for name in keras.distribution.list_devices())
