"""What `tox -e full` installs, by what the machine offers; the machines are faked."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.machines import fake_nvidia_smi, search_path_with

ROOT = Path(__file__).parents[2]
ON_CPU = ("shared", "cpu,jax")
ON_GPU = ("gpu", "gpu,jax-gpu")


@pytest.mark.skipif(sys.platform != "linux", reason="CUDA packages are for Linux alone")
@pytest.mark.parametrize(
    ("status", "variables", "expected"),
    [
        (0, {}, ON_GPU),
        (9, {}, ON_CPU),
        (0, {"BENCH_DEVICE": "cpu"}, ON_CPU),
        (9, {"BENCH_DEVICE": "gpu"}, ON_GPU),
        (0, {"CUDA_VISIBLE_DEVICES": "-1"}, ON_CPU),
    ],
)
def test_full_tier_is_installed_for_the_device(
    tmp_path: Path, status: int, variables: dict[str, str], expected: tuple[str, str]
) -> None:
    hidden = ("BENCH_", "CUDA_VISIBLE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    path = search_path_with(fake_nvidia_smi(tmp_path, status=status))
    names = ("BENCH_FULL_FOLDER", "BENCH_FULL_EXTRAS")
    code = f"import os, toxfile; print(*[os.environ[name] for name in {names}])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, **variables, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert tuple(done.stdout.split()) == expected


def test_packages_for_the_gpu_are_pinned_once() -> None:
    def pinned(file: str) -> set[str]:
        lines = (ROOT / file).read_text().splitlines()
        assert all(re.match(r"#|[\w.-]+==[\w.]+( ; .+)?$", line) for line in lines)
        return {line.split("==")[0] for line in lines if not line.startswith("#")}

    gpu = pinned("constraints-gpu.txt")
    assert {"tensorflow", "jax-cuda12-plugin", "nvidia-cudnn-cu12"} <= gpu
    assert not gpu & pinned("constraints.txt")
