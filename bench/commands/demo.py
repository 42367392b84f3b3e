"""`bench demo`: what is there already, without training."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from bench.pages.say import say

_PAGES = ("report/index.html", "explore/index.html", "ablations/README.md")


def demo() -> None:
    """Verify the committed records, print their leaderboard, and name the pages; no training.

    Outside a checkout of the project, the same for the runs made here.
    """
    from rich.console import Console

    from bench.errors import FINDINGS, BenchError
    from bench.leaderboard.terminal import show_summary
    from bench.pages.words import counted
    from bench.records.opening import COMMITTED, OWN
    from bench.records.store import RunStore
    from bench.verification.verify import examine

    stores = [store for store in map(RunStore, (COMMITTED, OWN)) if store.folders()]
    if not stores:
        raise BenchError(
            "there are no records here; run `bench demo` in a checkout of the project, or "
            "`bench run` to make some of your own"
        )
    store = stores[0]
    found = examine(store)
    records = tuple(record for _, record in store.runs())
    show_summary(Console(), store, records)
    say(f"verified {counted(len(found.runs), 'record')}: {counted(len(found.problems), 'problem')}")
    for page in _pages(store.root):
        say(f"open {page}")
    if found.problems:
        say(f"`bench verify --results {store.root}` lists them")
        raise typer.Exit(FINDINGS)


def show_what_else_is_here() -> None:
    """One line at the end of a run: what a checkout shows without training."""
    from bench.records.opening import COMMITTED

    pages = [COMMITTED / "leaderboard.md", *_pages(COMMITTED)]
    there = [str(page) for page in pages if page.exists()]
    if there:
        say(f"here without training: {', '.join(there)}; `bench demo` verifies the records")


def _pages(root: Path) -> Iterator[Path]:
    yield from (root / page for page in _PAGES if (root / page).exists())
