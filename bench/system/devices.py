"""What Keras computes on."""

from __future__ import annotations

import os
from pathlib import Path

from bench.system.gpus import installed_gpus
from bench.system.hints import install_hint

_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX"}
# NVIDIA's and AMD's drivers, and Google's TPUs.
_DEVICE_FILES = ("nvidia0", "nvidiactl", "kfd", "accel0", "vfio/0")

# By default JAX takes three quarters of a GPU's memory when it starts, and TensorFlow all of it;
# then a second run on the same GPU has none.
_MEMORY_VARIABLES = {
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
}


def grow_device_memory() -> None:
    """Have frameworks take a device's memory as they need it; to be called before their import.

    What is set already stays.
    """
    for name, value in _MEMORY_VARIABLES.items():
        os.environ.setdefault(name, value)


def offers_accelerator(devices: Path = Path("/dev")) -> bool:
    """Whether this machine may have a GPU or TPU, told without importing a framework."""
    return any((devices / name).exists() for name in _DEVICE_FILES)


def has_accelerator() -> bool:
    """Whether the backend has a GPU or TPU to compute on; imports the framework."""
    import keras

    return any(not name.lower().startswith("cpu") for name in keras.distribution.list_devices())


def device_line() -> str:
    """One line for the start of a run: the device that computes, and the backend."""
    import keras

    backend = _TITLES[keras.config.backend()]
    if not has_accelerator():
        return f"computing on the CPU with {backend}"
    gpus = installed_gpus()
    if gpus:
        # One device is used, the first, however many there are.
        return f"computing on {gpus[0]} with {backend}"
    kind = keras.distribution.list_devices()[0].split(":")[0].upper()
    return f"computing on {kind} with {backend}"


def idle_gpu_warning() -> str | None:
    """One line where the machine has a GPU that the backend does not see, else `None`.

    Training would take hours on the CPU without a word.
    """
    import keras

    gpus = installed_gpus()
    if not gpus or has_accelerator():
        return None
    backend = _TITLES[keras.config.backend()]
    return (
        f"WARNING: this machine has an {gpus[0]}, but {backend} sees no GPU and computes on the "
        f"CPU, which takes hours: run {install_hint('gpu', 'jax-gpu')} -c constraints.txt "
        "-c constraints-gpu.txt in an environment without tensorflow-cpu"
    )
