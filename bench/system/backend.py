"""Choice of Keras' backend, which must be made before Keras is first imported."""

from __future__ import annotations

import logging
import os
import sys
from importlib.util import find_spec

from bench.errors import BenchError, unknown
from bench.system.gpus import installed_gpus
from bench.system.hints import install_hint
from bench.system.quiet import quiet_import

VARIABLE = "KERAS_BACKEND"
BACKENDS = ("tensorflow", "jax")
# What gives JAX a GPU; without one of them JAX computes on the CPU.
_JAX_ON_GPU = ("jax_cuda12_plugin", "jax_cuda13_plugin")


def choose_backend(name: str | None = None) -> str:
    """Fix the backend for this process and return its name.

    Args:
        name: `tensorflow` or `jax`; `None` takes `KERAS_BACKEND`, else the fastest of what is
            installed for the device that is here.

    Raises:
        BenchError: the backend is unknown or not installed, or Keras already runs on another one.
    """
    wanted = name or os.environ.get(VARIABLE) or fastest_backend()
    if wanted not in BACKENDS:
        raise unknown("backend", wanted, BACKENDS)
    if find_spec(wanted) is None:
        extra = "cpu" if wanted == "tensorflow" else wanted
        raise BenchError(f"backend {wanted!r} is not installed: run {install_hint(extra)}")
    keras = sys.modules.get("keras")
    if keras is not None and keras.config.backend() != wanted:
        raise BenchError(
            f"Keras already runs on {keras.config.backend()!r}; set {VARIABLE}={wanted} "
            "before Python starts"
        )
    os.environ[VARIABLE] = wanted
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return wanted


def fastest_backend() -> str:
    """JAX where it has a GPU to compute on, else TensorFlow, else JAX; the first installed.

    On a GPU JAX makes an epoch, and all seeds of a small network, one program; on a CPU
    TensorFlow's convolutions are faster.

    Raises:
        BenchError: neither is installed.
    """
    if _is_installed("jax") and any(map(_is_installed, _JAX_ON_GPU)) and installed_gpus():
        return "jax"
    found = next(filter(_is_installed, BACKENDS), None)
    if found is None:
        raise BenchError(
            f"no backend is installed: run {install_hint('cpu')} (or, for an NVIDIA GPU, "
            f"{install_hint('gpu', 'jax-gpu')})"
        )
    return found


def import_backend(name: str | None = None) -> str:
    """Choose the backend, import Keras on it without noise on standard error, give its name.

    Args:
        name: as for `choose_backend`.

    Raises:
        BenchError: as for `choose_backend`.
    """
    chosen = choose_backend(name)
    if "keras" not in sys.modules:
        with quiet_import():
            import keras

            # The first question makes a framework set up its devices, which it writes about too.
            keras.distribution.list_devices()
        # Each model here has programs of its own, which TensorFlow takes for one that changes.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return chosen


def _is_installed(package: str) -> bool:
    return find_spec(package) is not None
