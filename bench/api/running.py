"""A plan run from Python, as `bench run` does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.api.results import Results
from bench.approaches.registry import installed_approaches
from bench.engines.carry_out import carry_out
from bench.engines.registry import installed_engines
from bench.engines.session import Session, protocols_of
from bench.errors import BenchError
from bench.leaderboard.files import write_leaderboard
from bench.planning.plan import plan
from bench.planning.request import Request
from bench.records.opening import check_writable
from bench.records.store import RunStore


def run(
    *approaches: str,
    results: Path | str = "runs",
    engine: str = "inline",
    rerun: bool = False,
    **asked: Any,
) -> Results:
    """Do the runs that are not recorded yet, write the leaderboard, and give the results.

    Args:
        approaches: names, shell patterns or `module:NAME`; none means all.
        results: folder of records.
        engine: see `bench list engines`; `inline` is this process, which a notebook can interrupt.
        rerun: run again what is recorded.
        asked: further fields of `bench.planning.request.Request`, such as `tier` and `seeds`.

    Raises:
        BenchError: bad input, or a run failed; what was finished stays.
    """
    known, store = installed_approaches(), RunStore(Path(results))
    planned = plan(Request(approaches=approaches, **asked), known)
    check_writable(store.root)
    if planned.setting is not None:
        session = Session(
            store,
            sources=planned.setting.sources,
            rerun=rerun,
            protocols=protocols_of(planned, store.root),
        )
        done = carry_out(planned, session, installed_engines().get(engine).load())
        write_leaderboard(store, known.entries)
        if done.failed:
            raise BenchError(f"runs failed: {'; '.join(done.failed.values())}")
    return Results(store)
