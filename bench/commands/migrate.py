"""`bench migrate`: bring old records up to the present schema, on disk, and into the ledger."""

from __future__ import annotations

from pathlib import Path

from bench.commands.options import Results
from bench.pages.say import say
from bench.pages.words import counted


def migrate(results: Results = Path("results")) -> None:
    """Write records of older schemas in the present one; their predictions stay as they are.

    Records that the ledger does not list (older than it, or copied from another machine) are
    listed in it.
    """
    from bench.ablations.planning import ablation_store
    from bench.records.migration import adopt
    from bench.records.migration import migrate as migrate_store
    from bench.records.opening import require_results
    from bench.records.store import RunStore

    main = RunStore(require_results(results))
    stores = [store for store in (main, ablation_store(main)) if store.root.is_dir()]
    moved = [one for store in stores for one in migrate_store(store)]
    adopted = [entry for store in stores for entry in adopt(store)]
    say(
        f"brought up {counted(len(moved), 'record')} in {results} and listed {len(adopted)} "
        "in its ledger; "
        "`bench leaderboard` writes its pages"
    )
