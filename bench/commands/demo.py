"""`bench demo`: what is there already, without training."""

from __future__ import annotations


def demo() -> None:
    """Verify the committed records, print their leaderboard, and name the pages; no training."""
    from rich.console import Console

    from bench.errors import BenchError
    from bench.leaderboard.terminal import show_summary
    from bench.pages.words import counted
    from bench.records.opening import COMMITTED
    from bench.records.store import RunStore
    from bench.verification.verify import examine

    store = RunStore(COMMITTED)
    if not store.folders():
        raise BenchError(
            "there are no committed records here; run `bench demo` in a checkout of the project, "
            "or `bench run` to make some of your own"
        )
    found = examine(store)
    records = tuple(record for _, record in store.runs())
    show_summary(Console(), store, records)
    print(
        f"verified {counted(len(found.runs), 'record')}: {counted(len(found.problems), 'problem')}"
    )
    for page in ("report/index.html", "explore/index.html", "ablations/README.md"):
        if (store.root / page).exists():
            print(f"open {store.root / page}")
