"""The leaderboard as files: for people, for spreadsheets and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.approaches.approach import Approach
from bench.approaches.registry import known_approaches
from bench.leaderboard.build import build
from bench.leaderboard.csv_file import to_csv
from bench.leaderboard.model import Leaderboard
from bench.leaderboard.page import to_section
from bench.pages.markdown import to_markdown
from bench.records.store import RunStore
from bench.system.files import write_text_atomically

MARKDOWN = "leaderboard.md"
CSV = "leaderboard.csv"
JSON = "leaderboard.json"


def contents(leaderboard: Leaderboard) -> Mapping[str, str]:
    """What each file says, by its name; the same leaderboard gives the same bytes."""
    return {
        MARKDOWN: to_markdown(to_section(leaderboard)),
        CSV: to_csv(leaderboard),
        JSON: leaderboard.model_dump_json(indent=1) + "\n",
    }


def write_leaderboard(store: RunStore, approaches: Sequence[Approach] | None = None) -> Leaderboard:
    """Write the files at the store's root, each atomically.

    Raises:
        BenchError: a record or predictions are damaged, or the folder cannot be written to.
    """
    approaches = known_approaches(approaches)
    leaderboard = build(store, approaches)
    for name, content in contents(leaderboard).items():
        write_text_atomically(store.root / name, content)
    return leaderboard
