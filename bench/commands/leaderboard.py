"""`bench leaderboard`: write the leaderboard from the records, or print it for a program."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.options import OWN, Results
from bench.pages.say import say
from bench.pages.words import counted


def leaderboard(
    results: Results = OWN,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print it for programs instead (docs/leaderboard-schema.md); write none."
        ),
    ] = False,
) -> None:
    """Write leaderboard.md, leaderboard.json and the ablations again; nothing is trained."""
    from bench.ablations.page import write_ablations
    from bench.approaches.registry import installed_approaches
    from bench.leaderboard.build import build
    from bench.leaderboard.files import JSON, MARKDOWN, contents, write_leaderboard
    from bench.records.opening import open_store, require_records

    store, known = require_records(open_store(results)), installed_approaches().entries
    for damaged in store.unreadable():
        say(f"left out: {damaged.reason}", error=True)
    if as_json:
        print(contents(build(store, known))[JSON], end="")
        return
    written = write_leaderboard(store, known)
    write_ablations(store)
    say(f"wrote {store.root / MARKDOWN}: {counted(len(written.sections), 'section')}")
