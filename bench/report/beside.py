"""What lies beside the report: linked where it is there, and left out where it is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bench.pages.sections import Link
from bench.records.store import RUNS, RunStore


def links(store: RunStore, folder: str) -> Iterator[Link]:
    """Links to what can be opened from a page, whatever folder of results it is written to.

    Args:
        store: whose page it is; records that it finds elsewhere have a link of their own.
        folder: name of the page's own folder in the store's.
    """
    root = store.root.resolve()
    # Where the results lie in a checkout, it is the folder above.
    project = root.parent
    wanted = [
        ("The rules and their sources (docs/method.md)", project / "docs" / "method.md"),
        ("The source report, cited (CITATION.cff)", project / "CITATION.cff"),
        ("The leaderboard (leaderboard.md)", root / "leaderboard.md"),
        ("The records, one folder a run", root / RUNS),
        *(
            (f"The records in {other.name}/, shown here too", other.resolve() / RUNS)
            for other in store.also
        ),
        ("The data, explored", root / "explore" / "index.html"),
        ("The ablations' tables (ablations/README.md)", root / "ablations" / "README.md"),
    ]
    for text, place in wanted:
        if place.exists():
            yield Link(text, _address(place, root / folder))


def _address(place: Path, start: Path) -> str:
    """The way from a page's folder, with a slash behind a folder."""
    way = Path(os.path.relpath(place, start)).as_posix()
    return f"{way}/" if place.is_dir() else way
