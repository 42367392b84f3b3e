"""`bench archive`: one file of a results folder, which verifies after unpacking."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.pages.say import say
from bench.pages.words import counted


def archive(
    results: Annotated[Path, typer.Argument(help="Results folder.")],
    file: Annotated[Path, typer.Argument(help="Archive to write, .tar.gz.")],
) -> None:
    """Pack records, predictions, ledgers and pages; the same results give the same bytes.

    Weights, checkpoints, locks and plans stay. What does not verify is not packed.
    """
    from bench.errors import BenchError
    from bench.records.opening import require_records, require_results
    from bench.records.store import RunStore
    from bench.records.travel import archive as pack
    from bench.system.files import sha256_of
    from bench.verification.verify import examine

    store = require_records(RunStore(require_results(results)))
    problems = examine(store).problems
    if problems:
        raise BenchError(
            f"{counted(len(problems), 'problem')} in {results}, the first: {problems[0]}; "
            "`bench collect` redraws pages, `bench verify` lists the rest"
        )
    packed = pack(results, file)
    say(f"wrote {file}: {counted(packed, 'file')}, SHA-256 {sha256_of(file)}")
