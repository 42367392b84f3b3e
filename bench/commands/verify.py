"""`bench verify`: trust nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import Results


def verify(
    results: Results = Path("results"),
    models: Annotated[
        bool, typer.Option("--models", help="Hold every built model against its layer table too.")
    ] = False,
    dataset: Annotated[
        str | None, typer.Option(help="Prove the contract of this data set too.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of CIFAR-100.")] = None,
) -> None:
    """Derive every recorded score again from the stored predictions, and the leaderboard too."""
    from bench.ablations.planning import ablation_store
    from bench.errors import BenchError
    from bench.records.store import RunStore, require_results
    from bench.verification.verify import verify as verify_store

    store = RunStore(require_results(results))
    problems = [str(problem) for problem in verify_store(store)]
    count = len(store.folders()) + len(ablation_store(store).folders())
    proved = [f"{count} records, the leaderboard and the ablations in {results}"]
    if models:
        names, found = _verify_models()
        problems += found
        proved.append(f"models {', '.join(names)}")
    if dataset or data_dir:
        from datasets import audit, load_dataset

        images = load_dataset(dataset or "cifar100", data_dir=data_dir)
        problems += [f"{images.name}: {violation}" for violation in audit(images)]
        proved.append(f"data set {images.name} ({images.source})")
    for problem in problems:
        print(problem)
    if problems:
        raise BenchError(f"{len(problems)} problems found (listed above)")
    print("verified: " + "; ".join(proved))


def _verify_models() -> tuple[tuple[str, ...], list[str]]:
    from bench.system.backend import choose_backend

    choose_backend()
    from models.conformance import list_tables, load_table, mismatches
    from models.registry import build

    names = list_tables()
    return names, [
        f"{name}: {mismatch}"
        for name in names
        for mismatch in mismatches(build(name), load_table(name))
    ]
