"""`bench benchmarks`: a page of what pytest-benchmark measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import Results


def benchmarks(
    source: Annotated[Path, typer.Argument(help="File that --benchmark-json wrote.")],
    results: Results = Path("results"),
) -> None:
    """Write benchmarks.md from a file of pytest-benchmark; `tox -e benchmark` does both."""
    from bench.benchmarks import write_benchmarks

    print(f"wrote {write_benchmarks(source, results)}")
