"""Where a run takes place: versions, processor, device and commit."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.records.record import EnvironmentPart
from bench.system.cores import available_cores

PACKAGES = (
    "cifar100-bench",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "jaxlib",
    "numpy",
    "scikit-learn",
    "scipy",
)


@cache
def describe_environment() -> EnvironmentPart:
    """The environment of this process; asks the backend for its device."""
    import keras

    commit = _git("rev-parse", "HEAD")
    # Records and pages are what a run writes, not what it runs.
    changes = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!results")
    return EnvironmentPart(
        python=platform.python_version(),
        platform=platform.platform(),
        processor=_processor(),
        cores=available_cores(),
        device=_device(),
        backend=keras.config.backend(),
        versions=_versions(),
        commit=commit,
        dirty=None if changes is None else bool(changes),
    )


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    import cpuinfo

    return str(cpuinfo.get_cpu_info().get("brand_raw") or platform.machine())


def _device() -> str:
    import keras

    devices = keras.distribution.list_devices()
    kinds = sorted({str(device).split(":")[0].upper() for device in devices})
    if keras.config.backend() == "jax":
        import jax

        return ", ".join(sorted({device.device_kind for device in jax.devices()}))
    return "GPU" if "GPU" in kinds else ", ".join(kinds)


def _git(*arguments: str) -> str | None:
    here = Path(__file__).resolve().parents[2]
    if not (here / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(here), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
