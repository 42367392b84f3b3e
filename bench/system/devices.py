"""What Keras computes on."""

from __future__ import annotations

from pathlib import Path

# NVIDIA's and AMD's drivers, and Google's TPUs.
_DEVICE_FILES = ("nvidia0", "nvidiactl", "kfd", "accel0", "vfio/0")


def offers_accelerator(devices: Path = Path("/dev")) -> bool:
    """Whether this machine may have a GPU or TPU, told without importing a framework."""
    return any((devices / name).exists() for name in _DEVICE_FILES)


def has_accelerator() -> bool:
    """Whether the backend has a GPU or TPU to compute on; imports the framework."""
    import keras

    return any(not name.lower().startswith("cpu") for name in keras.distribution.list_devices())
