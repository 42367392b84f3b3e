"""Results folders that are joined, and packed into one file.

What travels is what proves a result: records, predictions, ledgers and pages. Weights, checkpoints,
locks, signs of life and plans belong to a machine.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from bench.errors import BenchError
from bench.records.ledger import LEDGER
from bench.records.store import ASIDE, PREDICTIONS, RECORD, RUNS, RunStore
from bench.system.files import atomic_writer

_TOP = "results"
_SUFFIXES = (".tar.gz", ".tgz")
_PAGES = (".md", ".json", ".csv", ".html", ".svg", ".png", ".toml")


def stores_in(root: Path) -> list[Path]:
    """Where a results folder has ledgers, relative to it: itself, then its collections."""
    inside = sorted(path.parent.relative_to(root) for path in root.glob(f"*/{LEDGER}"))
    return [Path(), *inside]


def files_of_run(folder: Path) -> list[Path]:
    """What travels of one run, the record last: its presence means that all is there."""
    further = sorted(folder.glob("predictions-*.npz"))
    return [*further, folder / PREDICTIONS, folder / RECORD]


def archive(root: Path, file: Path) -> int:
    """Pack a results folder; the same results give the same bytes.

    Args:
        root: of the results; what a crash left undone is finished first.
        file: is written, or replaced.

    Returns:
        How many files are in it.

    Raises:
        BenchError: the name is no archive's, a ledger is damaged, or the file cannot be written.
    """
    if not file.name.endswith(_SUFFIXES):
        raise BenchError(f"{file} does not end in .tar.gz; name the archive so")
    for part in stores_in(root):
        RunStore(root / part).repair()
    paths = sorted(set(travelling(root)) - {file.absolute(), file})
    with (
        atomic_writer(file) as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in paths:
            content = path.read_bytes()
            # Owner, mode and time stay at their defaults, which are the same everywhere.
            info = tarfile.TarInfo(f"{_TOP}/{path.relative_to(root).as_posix()}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return len(paths)


def travelling(root: Path) -> Iterator[Path]:
    """Every file of a results folder that is more than one machine's own."""
    tops = stores_in(root)
    for part in tops:
        store = RunStore(root / part)
        yield from (path for path in [store.ledger.path] if path.exists())
        for within in (RUNS, ASIDE):
            for path in (store.root / within).glob(f"*/*/*/*/{RECORD}"):
                yield from (one for one in files_of_run(path.parent) if one.exists())
    runs = {root / part / within for part in tops for within in (RUNS, ASIDE)}
    for path in root.rglob("*"):
        within_runs = any(folder in path.parents for folder in runs)
        if not within_runs and _is_page(path.relative_to(root)) and path.is_file():
            yield path


def _is_page(path: Path) -> bool:
    own = path.parts[0] == "plans" or any(part.startswith(".") for part in path.parts)
    return not own and path.suffix in _PAGES
