"""Choice of Keras' backend, which must be made before Keras is first imported."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

from bench.errors import BenchError

VARIABLE = "KERAS_BACKEND"
BACKENDS = ("tensorflow", "jax")


def choose_backend(name: str | None = None) -> str:
    """Fix the backend for this process and return its name.

    Args:
        name: `tensorflow` or `jax`; `None` takes `KERAS_BACKEND`, else the first that is installed.

    Raises:
        BenchError: the backend is unknown or not installed, or Keras already runs on another one.
    """
    wanted = name or os.environ.get(VARIABLE) or next(filter(find_spec, BACKENDS), None)
    if wanted is None:
        raise BenchError(
            "no backend is installed: run pip install 'cifar100-bench[cpu]' (or [gpu], or [jax])"
        )
    if wanted not in BACKENDS:
        raise BenchError(f"unknown backend {wanted!r}; known: {', '.join(BACKENDS)}")
    if find_spec(wanted) is None:
        extra = "cpu" if wanted == "tensorflow" else wanted
        raise BenchError(
            f"backend {wanted!r} is not installed: run pip install 'cifar100-bench[{extra}]'"
        )
    keras = sys.modules.get("keras")
    if keras is not None and keras.config.backend() != wanted:
        raise BenchError(
            f"Keras already runs on {keras.config.backend()!r}; set {VARIABLE}={wanted} "
            "before Python starts"
        )
    os.environ[VARIABLE] = wanted
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return wanted
