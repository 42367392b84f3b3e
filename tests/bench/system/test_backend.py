"""The backend is chosen once, before Keras is imported."""

import os
import subprocess
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


@pytest.mark.parametrize(
    ("installed", "chosen"), [(("tensorflow", "jax"), "tensorflow"), (("jax",), "jax")]
)
def test_first_installed_backend_is_the_default(installed: tuple[str, ...], chosen: str) -> None:
    code = (
        "import bench.system.backend as b; "
        f"b.find_spec = lambda name: name in {installed!r} or None; print(b.choose_backend())"
    )
    environment = {name: value for name, value in os.environ.items() if name != backend.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == chosen


def test_no_backend_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(backend.VARIABLE)
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    with pytest.raises(BenchError, match=r"pip install 'cifar100-bench\[cpu\]'"):
        choose_backend()
