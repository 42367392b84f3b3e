"""`bench migrate`: bring old records up to the present schema, on disk."""

from __future__ import annotations

from pathlib import Path

from bench.commands.options import Results


def migrate(results: Results = Path("results")) -> None:
    """Write records of older schemas in the present one; their predictions stay as they are."""
    from bench.ablations.planning import ablation_store
    from bench.records.migration import migrate as migrate_store
    from bench.records.store import RunStore, require_results

    store = RunStore(require_results(results))
    moved = [*migrate_store(store), *migrate_store(ablation_store(store))]
    print(f"brought up {len(moved)} records in {results}; `bench leaderboard` writes its pages")
