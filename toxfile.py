"""What tox asks of the machine: which packages the environment `full` installs.

tox reads this file beside `tox.ini`. The full tier takes hours on a CPU, so where the machine has
an NVIDIA GPU it gets an environment of its own with the packages that compute there.
`BENCH_DEVICE=cpu` or `gpu` decides otherwise.
"""

from __future__ import annotations

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def _has_gpu() -> bool:
    # By its path, as nothing is installed yet; the harness asks with the same lines.
    path = Path(__file__).parent / "bench" / "system" / "gpus.py"
    spec = spec_from_file_location("gpus", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot read {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return bool(module.installed_gpus())


if "BENCH_DEVICE" not in os.environ:
    # TensorFlow and JAX have CUDA packages for Linux alone.
    os.environ["BENCH_DEVICE"] = "gpu" if sys.platform == "linux" and _has_gpu() else "cpu"
_ON_GPU = os.environ["BENCH_DEVICE"] == "gpu"
os.environ["BENCH_FULL_FOLDER"] = "gpu" if _ON_GPU else "shared"
os.environ["BENCH_FULL_EXTRAS"] = "gpu,jax-gpu" if _ON_GPU else "cpu,jax"
