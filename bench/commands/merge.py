"""`bench merge`: join results folders of several machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.pages.say import say
from bench.pages.words import counted


def merge(
    folders: Annotated[list[Path], typer.Argument(help="Results folders, two or more.")],
    into: Annotated[
        Path | None, typer.Option(help="Folder to write to. Default: the first one.")
    ] = None,
) -> None:
    """Join records and ledgers; folders that have different records of one run are refused.

    The ledger of the folder that is written to goes on; of the others every record is listed as
    adopted, with the hash that its entry had. See docs/clusters.md.
    """
    from bench.errors import BenchError
    from bench.leaderboard.files import MARKDOWN, write_leaderboard
    from bench.records.merging import merge as join
    from bench.records.store import RunStore

    sources = folders if into else folders[1:]
    target = into or folders[0]
    if len(folders) < 2:
        raise BenchError("one folder is nothing to merge; give two or more")
    merged = join(sources, target)
    for line in merged.conflicts:
        say(line)
    if merged.conflicts:
        raise BenchError(f"{len(merged.conflicts)} conflicting records; nothing was merged")
    write_leaderboard(RunStore(target))
    say(
        f"merged {counted(merged.records, 'record')} and "
        f"{counted(merged.failures, 'failed attempt')} into {target}; "
        f"wrote {target / MARKDOWN}"
    )
