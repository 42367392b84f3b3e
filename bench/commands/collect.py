"""`bench collect`: hold what cluster jobs left against its ledger, and draw the pages again."""

from __future__ import annotations

import typer

from bench.commands.options import OWN, Results
from bench.pages.say import say
from bench.pages.words import counted


def collect(results: Results = OWN) -> None:
    """Finish what crashes left undone, redraw the pages, and verify every finished record.

    Exit code 0: all agrees; 1: problems, listed; 2: bad input.
    """
    from bench.ablations.page import write_ablations
    from bench.ablations.planning import ablation_store
    from bench.engines.jobs import remove_done
    from bench.engines.status import counts, status_of
    from bench.leaderboard.files import MARKDOWN, write_leaderboard
    from bench.records.opening import require_records, require_results
    from bench.records.store import RunStore
    from bench.verification.verify import examine

    store = require_records(RunStore(require_results(results)))
    for one in (store, ablation_store(store)):
        one.repair()
    remove_done(store)
    write_leaderboard(store)
    if ablation_store(store).folders():
        write_ablations(store)
    found = examine(store)
    for problem in found.problems:
        say(problem)
    states = ", ".join(f"{n} {state}" for state, n in counts(status_of(results)).items())
    say(f"wrote {results / MARKDOWN}: {states}; {counted(len(found.problems), 'problem')} found")
    if found.problems:
        raise typer.Exit(1)
