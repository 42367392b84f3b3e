"""Stores as commands open them: the user's own folder, the committed one, or any that is named."""

from __future__ import annotations

from pathlib import Path

from bench.errors import BenchError
from bench.records.store import RunStore
from bench.system.files import atomic_writer
from bench.system.leftovers import sweep

# Records that a checkout comes with.
COMMITTED = Path("results")
# Where runs go unless another folder is named.
OWN = Path("runs")


def open_store(root: Path) -> RunStore:
    """The store at `root`; the user's own, `OWN`, finds the committed records of a checkout too.

    They lie in `results/` of the current folder; writing there takes asking for it by name.
    """
    return RunStore(root, (COMMITTED,) if root == OWN and COMMITTED.is_dir() else ())


def require_records(store: RunStore) -> RunStore:
    """The store itself, if there is something in it.

    Raises:
        BenchError: it holds no record, or its folder is not there.
    """
    if not store.also:
        require_results(store.root)
    if not store.folders():
        raise BenchError(f"there is no record in {store.root}; `bench run` writes some")
    return store


def require_results(root: Path) -> Path:
    """The folder itself, if it is there.

    Raises:
        BenchError: it is not.
    """
    if not root.is_dir():
        raise BenchError(f"there is no folder {root}; give one that `bench run` wrote")
    return root


def check_writable(results: Path) -> None:
    """Find out before any work whether results can be written; sweeps what killed runs left.

    Raises:
        BenchError: they cannot.
    """
    probe = results / ".writable"
    with atomic_writer(probe):
        pass
    probe.unlink()
    sweep(results)
