"""`bench benchmarks`: a page of what pytest-benchmark measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import Results


def benchmarks(
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="Files that --benchmark-json wrote; a group is taken from the last that has it."
        ),
    ],
    results: Results = Path("results"),
) -> None:
    """Write benchmarks.md from files of pytest-benchmark; `tox -e benchmark` does both."""
    from bench.benchmarks import write_benchmarks

    print(f"wrote {write_benchmarks(sources, results)}")
