"""Where a run takes place: versions, processor, device and commit."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.errors import BenchError
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


@dataclass(frozen=True)
class Provenance:
    """Which code is about to run.

    Attributes:
        commit: of the checkout; `None` for an installed package.
        dirty: whether tracked files differ from the commit; `None` where there is no commit.
    """

    commit: str | None
    dirty: bool | None


def provenance() -> Provenance:
    """The code as it lies there now: ask at a run's start, as the checkout may change meanwhile."""
    commit = _git("rev-parse", "HEAD")
    # Records and pages are what a run writes, not what it runs.
    changes = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!results")
    return Provenance(commit, None if changes is None else bool(changes))


def require_clean_tree(found: Provenance, *, allow_dirty: bool = False) -> None:
    """Refuse to measure for the leaderboard what no commit holds.

    Raises:
        BenchError: tracked files differ from the commit and that is not allowed.
    """
    if found.dirty and not allow_dirty:
        raise BenchError(
            f"tracked files differ from commit {(found.commit or 'unknown')[:8]}, so that nobody "
            "could run this again; commit or stash them, or give --allow-dirty (such records get "
            "no verdict)"
        )


def describe_environment(
    at_start: Provenance | None = None, *, threads: int | None = None
) -> EnvironmentPart:
    """The environment of this process; asks the backend for its device.

    Args:
        at_start: the code as it was when the run began; as it is now where none is given.
        threads: that one operation may use; `None` where it is not known.
    """
    code = at_start or provenance()
    return _machine().model_copy(
        update={"commit": code.commit, "dirty": code.dirty, "threads": threads}
    )


@cache
def _machine() -> EnvironmentPart:
    import keras

    return EnvironmentPart(
        python=platform.python_version(),
        platform=platform.platform(),
        processor=_processor(),
        cores=available_cores(),
        device=_device(),
        backend=keras.config.backend(),
        versions=_versions(),
        commit=None,
        dirty=None,
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
