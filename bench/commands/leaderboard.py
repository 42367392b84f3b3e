"""`bench leaderboard`: write the leaderboard from the records."""

from __future__ import annotations

from bench.commands.options import OWN, Results
from bench.pages.words import counted


def leaderboard(results: Results = OWN) -> None:
    """Write leaderboard.md, leaderboard.json and the ablations again; nothing is trained."""
    from bench.ablations.page import write_ablations
    from bench.approaches.registry import installed_approaches
    from bench.leaderboard.files import MARKDOWN, write_leaderboard
    from bench.records.opening import open_store, require_records

    store = require_records(open_store(results))
    for damaged in store.unreadable():
        print(f"left out: {damaged.reason}")
    written = write_leaderboard(store, installed_approaches().entries)
    write_ablations(store)
    print(f"wrote {store.root / MARKDOWN}: {counted(len(written.sections), 'section')}")
