"""What Keras computes on."""

from __future__ import annotations

import keras


def has_accelerator() -> bool:
    """Whether the backend has a GPU or TPU to compute on."""
    return any(keras.distribution.list_devices(kind) for kind in ("gpu", "tpu"))
