"""`bench check`: the suite that an approach must pass."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.plugins import tell_broken


def check(
    approach: Annotated[
        list[str],
        typer.Option(help="Name of an approach, or module:NAME of your own; repeatable."),
    ],
) -> None:
    """Fit an approach a few times on made-up images, and name each check that it fails.

    Takes seconds to a minute; needs no data and no network. Exit code 1 where a check fails. The
    same checks are there for pytest: docs/extending/approach.md.
    """
    import logging
    import tempfile
    from pathlib import Path

    from bench.checks import CHECKS, subject_of, violations
    from bench.system.backend import import_backend

    import_backend()
    # That a tiny network is traced again for each fit is no news here.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    failed = 0
    for name in approach:
        with tempfile.TemporaryDirectory(prefix="bench-check-") as folder:
            subject = subject_of(name, Path(folder))
            tell_broken()
            for one in CHECKS:
                found = violations(one, subject)
                failed += bool(found)
                print(f"{'FAILED' if found else 'passed'}  {one.__name__}", flush=True)
                for line in found:
                    print(f"        {line}", flush=True)
    if failed:
        print(f"{failed} checks failed")
        raise typer.Exit(1)
