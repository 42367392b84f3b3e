"""What is said about the device, for machines that are faked."""

import keras
import pytest

from bench.system import devices

H100 = "NVIDIA H100 80GB HBM3"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Pretend what the driver says, and what the backend lists."""

    def pretend(gpus: tuple[str, ...], listed: list[str], backend: str) -> None:
        monkeypatch.setattr(devices, "installed_gpus", lambda: gpus)
        monkeypatch.setattr(keras.distribution, "list_devices", lambda: listed)
        monkeypatch.setattr(keras.config, "backend", lambda: backend)

    return pretend


@pytest.mark.parametrize(
    ("gpus", "listed", "backend", "line"),
    [
        ((), ["cpu:0"], "tensorflow", "computing on the CPU with TensorFlow"),
        ((H100,), ["gpu:0"], "jax", f"computing on {H100} with JAX"),
        ((H100,), ["cpu:0"], "jax", "computing on the CPU with JAX"),
        ((), ["tpu:0"], "jax", "computing on TPU with JAX"),
    ],
)
def test_one_line_names_what_computes(machine, gpus, listed, backend, line: str) -> None:
    machine(gpus, listed, backend)
    assert devices.device_line() == line


def test_gpu_that_the_backend_does_not_see_is_warned_of(machine) -> None:
    machine((H100,), ["cpu:0"], "tensorflow")
    warning = devices.idle_gpu_warning()
    assert warning is not None
    assert warning.startswith("WARNING")
    assert H100 in warning
    assert 'pip install -e ".[gpu,jax-gpu]"' in warning


@pytest.mark.parametrize(("gpus", "listed"), [((), ["cpu:0"]), ((H100,), ["gpu:0"])])
def test_nothing_is_warned_of_where_all_is_well(machine, gpus, listed) -> None:
    machine(gpus, listed, "jax")
    assert devices.idle_gpu_warning() is None
