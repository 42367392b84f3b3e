"""Noise of a framework's import goes, what matters stays. The lines are what TensorFlow wrote."""

import os
import subprocess
import sys

import pytest

from bench.system.quiet import without_noise

# Written by tensorflow 2.21.0 and tensorflow-cpu 2.21.0 on a machine without a GPU; the last two
# are of earlier releases beside JAX's CUDA libraries.
NOISE = """\
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795564289.577878   14162 cudart_stub.cc:31] Could not find cuda drivers on your \
machine, GPU will not be used.
I0000 00:00:1795564289.989025   14162 cpu_feature_guard.cc:227] This TensorFlow binary is \
optimized to use available CPU instructions in performance-critical operations.
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with the \
appropriate compiler flags.
E0000 00:00:1795564299.515587   14162 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA \
error: Failed call to cuInit: UNKNOWN ERROR (303)
2025-01-31 12:00:00.123456: E external/local_xla/xla/stream_executor/cuda/cuda_fft.cc:467] Unable \
to register cuFFT factory: Attempting to register factory for plugin cuFFT when one has already \
been registered
W0000 00:00:1738324800.000000    1234 computation_placer.cc:177] computation placer already \
registered. Please check linkage and avoid linking the same target more than once.
"""
MATTERS = """\
E0000 00:00:1795564299.515587   14162 cuda_dnn.cc:456] Loaded runtime CuDNN library: 9.1 but \
source was compiled with: 9.3
F0000 00:00:1795564299.515587   14162 cpu_feature_guard.cc:40] The TensorFlow library was compiled \
to use AVX instructions, but these aren't available on your machine.
Traceback (most recent call last):
  File "a.py", line 1, in <module>
ImportError: libcudart.so.12: cannot open shared object file
"""


def test_noise_goes_and_the_rest_stays_in_its_order() -> None:
    assert without_noise(NOISE) == ""
    assert without_noise(MATTERS) == MATTERS
    assert without_noise(NOISE + MATTERS + NOISE) == MATTERS


def python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {n: v for n, v in os.environ.items() if n not in ("TF_CPP_MIN_LOG_LEVEL", *variables)}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **variables},
    )


def written_inside(text: str, then: str = "") -> str:
    return (
        "import os\nfrom bench.system.quiet import quiet_import\n"
        f"with quiet_import():\n    os.write(2, {text.encode()!r})\n    {then or 'pass'}\n"
    )


def test_native_writes_are_caught_during_the_import_alone() -> None:
    done = python(written_inside(NOISE + MATTERS) + f"os.write(2, {NOISE.encode()!r})")
    assert done.stderr == MATTERS + NOISE
    assert done.returncode == 0


def test_everything_is_shown_where_the_import_fails() -> None:
    done = python(written_inside(NOISE, "raise ImportError('no libcudart')"))
    assert done.stderr.startswith(NOISE)
    assert "ImportError: no libcudart" in done.stderr


def test_who_asks_for_logs_gets_them() -> None:
    assert python(written_inside(NOISE), TF_CPP_MIN_LOG_LEVEL="0").stderr == NOISE


def test_closed_standard_error_is_no_obstacle() -> None:
    code = (
        "import os\nfrom bench.system.quiet import quiet_import\nos.close(2)\n"
        "with quiet_import():\n    pass\nprint('imported')"
    )
    done = python(code)
    assert (done.returncode, done.stdout) == (0, "imported\n")


@pytest.mark.processes
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_importing_a_backend_says_nothing(backend: str) -> None:
    done = python(
        f"from bench.system.backend import import_backend; print(import_backend({backend!r}))\n"
        "import keras; keras.ops.zeros(3)"
    )
    assert (done.stdout, done.stderr) == (f"{backend}\n", "")
