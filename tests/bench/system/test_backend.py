"""The backend is chosen once, before Keras is imported."""

import os
import sys

import keras
import pytest

from bench.errors import BenchError
from bench.system import backend
from bench.system.backend import choose_backend


def test_running_backend_is_kept() -> None:
    assert choose_backend() == choose_backend(keras.config.backend()) == keras.config.backend()


def test_unknown_backend_is_named() -> None:
    with pytest.raises(BenchError, match="unknown backend 'theano'; known: tensorflow, jax"):
        choose_backend("theano")


def test_other_backend_than_the_running_one_is_refused() -> None:
    other = next(name for name in backend.BACKENDS if name != keras.config.backend())
    with pytest.raises(BenchError, match=f"set KERAS_BACKEND={other}|is not installed"):
        choose_backend(other)


GPU = ("NVIDIA H100 80GB HBM3",)
ON_CPU = ("tensorflow", "jax")
ON_GPU = ("tensorflow", "jax", "jax_cuda12_plugin")


@pytest.mark.parametrize(
    ("installed", "gpus", "chosen"),
    [
        (ON_CPU, (), "tensorflow"),
        (("jax",), (), "jax"),
        (ON_GPU, GPU, "jax"),
        # JAX's CUDA libraries alone make no GPU, nor does a GPU that they are missing for.
        (ON_GPU, (), "tensorflow"),
        (ON_CPU, GPU, "tensorflow"),
        (("tensorflow", "jax", "jax_cuda13_plugin"), GPU, "jax"),
    ],
)
def test_fastest_backend_for_the_device_is_the_default(
    installed: tuple[str, ...],
    gpus: tuple[str, ...],
    chosen: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend, "find_spec", lambda name: name in installed or None)
    monkeypatch.setattr(backend, "installed_gpus", lambda: gpus)
    assert backend.fastest_backend() == chosen


@pytest.mark.parametrize(
    ("argument", "variable", "chosen"),
    [(None, None, "jax"), (None, "tensorflow", "tensorflow"), ("jax", "tensorflow", "jax")],
)
def test_option_wins_over_the_variable_and_that_over_the_default(
    argument: str | None, variable: str | None, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "find_spec", lambda name: name in ON_GPU or None)
    monkeypatch.setattr(backend, "installed_gpus", lambda: GPU)
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setenv(backend.VARIABLE, variable or "")
    assert choose_backend(argument) == os.environ[backend.VARIABLE] == chosen


def test_no_backend_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(backend.VARIABLE)
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    with pytest.raises(BenchError, match=r'pip install -e "\.\[cpu\]"'):
        choose_backend()
