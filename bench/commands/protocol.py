"""`bench protocol`: write down what is decided before the runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import Results
from bench.commands.plugins import tell_broken


def protocol(
    results: Results = Path("results"),
    report: Annotated[
        str | None,
        typer.Option(help="Whose; see `bench list claims`. Default: the built-in report's."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where the document is another.")
    ] = False,
) -> None:
    """Write claims, readings, tolerances, recipes and seeds as one document with one digest.

    Commit the document before the runs: only records that hold its digest carry verdicts.
    """
    from bench.analysis.present_protocol import file_of, present_protocol
    from bench.approaches.claim_sets import CLAIM_SETS, installed_claim_sets
    from bench.approaches.protocol import protocol_digest, to_toml
    from bench.errors import BenchError
    from bench.system.files import write_text_atomically

    chosen = installed_claim_sets().get(report) if report else CLAIM_SETS[0]
    tell_broken()
    found, path = present_protocol(chosen), results / file_of(chosen)
    if check:
        if not path.exists() or path.read_text(encoding="utf-8") != to_toml(found):
            raise BenchError(f"{path} is not what the code says; run `bench protocol`")
    else:
        write_text_atomically(path, to_toml(found))
    typer.echo(f"{path}: {protocol_digest(found)}")
