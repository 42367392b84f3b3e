"""Arrays that are made once and mapped from disk ever after.

An entry is a folder of `.npy` files beside an `entry.json`, which holds the key that the arrays
were made from, the facts that go with them, and each file's size, time stamp and SHA-256. It is
written wholly or not at all, and one that is damaged or outdated is made again.
"""

from __future__ import annotations

import glob
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.errors import CacheError

ENVIRONMENT_VARIABLE = "BENCH_CACHE_DIR"

_LOG = logging.getLogger(__name__)
_FORMAT = 1
_MANIFEST = "entry.json"


@dataclass(frozen=True)
class Bundle:
    """Arrays and the facts that belong to them.

    Attributes:
        arrays: by name; read-only when they come from the cache.
        facts: plain JSON values.
    """

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


def default_cache_dir() -> Path:
    """The folder `BENCH_CACHE_DIR`, else the user's cache folder for this project."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("cifar100-bench", appauthor=False)


def cached(
    name: str, key: Any, make: Callable[[], Bundle], cache_dir: Path | None = None
) -> Bundle:
    """The bundle called `name`, from the cache where it was made from the same key.

    A file whose size and time stamp are as written is trusted; one that was touched since is
    hashed. Several processes may ask at once: one makes the entry, the others wait for it.

    Args:
        name: folder of the entry below the cache's `arrays` folder.
        key: plain JSON values that determine the bundle; a different key replaces the entry.
        make: makes the bundle.
        cache_dir: root of the cache, `default_cache_dir()` unless given.

    Returns:
        The bundle, its arrays read-only and mapped from disk. Where the user's own cache folder
        cannot be written, the arrays are in memory, and a warning is logged.

    Raises:
        CacheError: the cache folder was named, here or in the environment, and cannot be written.
    """
    root = default_cache_dir() if cache_dir is None else Path(cache_dir)
    named = cache_dir is not None or bool(os.environ.get(ENVIRONMENT_VARIABLE))
    entry = root / "arrays" / name
    plain_key = json.loads(json.dumps(key))
    found = _read(entry, plain_key)
    if found:
        return found
    from filelock import FileLock

    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(entry.with_name(f"{name}.lock"))
        lock.acquire()
    except OSError as error:
        return _uncached(make(), root, error, named)
    try:
        found = _read(entry, plain_key)
        if found:
            return found
        _sweep(entry)
        bundle = make()
        try:
            _write(entry, plain_key, bundle)
        except OSError as error:
            return _uncached(bundle, root, error, named)
    finally:
        lock.release()
    return _read(entry, plain_key) or _read_only(bundle)


def _uncached(bundle: Bundle, root: Path, error: OSError, named: bool) -> Bundle:
    problem = (
        f"cannot write the cache folder {root}: {error.strerror or error}; "
        f"name a folder that you may write to, by {ENVIRONMENT_VARIABLE}"
    )
    if named:
        raise CacheError(problem) from error
    _LOG.warning("%s", problem)
    return _read_only(bundle)


def _read_only(bundle: Bundle) -> Bundle:
    for array in bundle.arrays.values():
        array.setflags(write=False)
    return bundle


def _read(entry: Path, key: Any) -> Bundle | None:
    """The entry, or `None` where it is missing, outdated or damaged."""
    try:
        manifest = json.loads((entry / _MANIFEST).read_bytes())
        if manifest["format"] != _FORMAT or manifest["key"] != key:
            return None
        arrays = {
            name: _open(entry / f"{name}.npy", written)
            for name, written in manifest["files"].items()
        }
        return Bundle(arrays, manifest["facts"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _LOG.warning("the cache entry %s is damaged (%s); making it again", entry, error)
        return None


def _open(path: Path, written: Mapping[str, Any]) -> NDArray[Any]:
    stat = path.stat()
    if stat.st_size != written["size"]:
        raise ValueError(f"{path.name} has {stat.st_size} bytes instead of {written['size']}")
    if stat.st_mtime_ns != written["mtime_ns"] and _sha256(path) != written["sha256"]:
        raise ValueError(f"{path.name} was altered")
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    # A plain view on the mapped file: the memmap subclass costs time at every indexing.
    return array.view(np.ndarray)


def _write(entry: Path, key: Any, bundle: Bundle) -> None:
    temporary = Path(tempfile.mkdtemp(dir=entry.parent, prefix=f".{entry.name}."))
    try:
        files = {}
        for name, array in bundle.arrays.items():
            path = temporary / f"{name}.npy"
            with path.open("wb") as file:
                np.save(file, np.ascontiguousarray(array), allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
            stat = path.stat()
            files[name] = {
                "size": stat.st_size,
                "mtime_ns": stat.st_mtime_ns,
                "sha256": _sha256(path),
            }
        manifest = {"format": _FORMAT, "key": key, "files": files, "facts": dict(bundle.facts)}
        (temporary / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
        temporary.chmod(0o755)
        if entry.exists():
            outdated = Path(tempfile.mkdtemp(dir=entry.parent, prefix=f".{entry.name}."))
            entry.replace(outdated / entry.name)
            shutil.rmtree(outdated, ignore_errors=True)
        temporary.replace(entry)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sweep(entry: Path) -> None:
    """Remove what killed processes left beside an entry; its lock is held, so none is at work."""
    for left in entry.parent.glob(f".{glob.escape(entry.name)}.*"):
        shutil.rmtree(left, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
