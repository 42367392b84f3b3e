"""`bench ablate`: runs that differ in one thing, and the tables that compare them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import OWN, Results, Workers


def ablate(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Names or shell patterns; see `bench list ablations`. Default: all."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="How many seeds, counted from 0. Default: each ablation's.")
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder or archive of CIFAR-100, Python or binary layout."),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="VGG-19's ImageNet weights: a file or auto. Default: auto.")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="tensorflow or jax. Default: KERAS_BACKEND, else installed.")
    ] = None,
    results: Results = OWN,
    workers: Workers = None,
    rerun: Annotated[bool, typer.Option("--rerun", help="Run again what is recorded.")] = False,
) -> None:
    """Settle what the report leaves open: run the variants, and write ablations/README.md.

    Needs the real CIFAR-100. Variants that are approaches of the leaderboard are found there, or
    run and recorded there.
    """
    from bench.ablations.page import PAGE, write_ablations
    from bench.ablations.planning import ablation_store, plan_ablations
    from bench.approaches.registry import installed_approaches
    from bench.engines.carry_out import carry_out
    from bench.engines.registry import installed_engines
    from bench.engines.session import Session
    from bench.errors import BenchError
    from bench.leaderboard.files import write_leaderboard
    from bench.planning.request import Request
    from bench.progress.terminal import Display
    from bench.records.opening import check_writable, open_store

    display, store = Display(), open_store(results)
    request = Request(
        tier="full",
        seeds=seeds,
        dataset="cifar100",
        data_dir=data_dir,
        weights=weights,
        backend=backend,
    )
    planned = plan_ablations(names or (), request)
    check_writable(results)
    display.show_plan(planned)
    assert planned.setting is not None
    session = Session(
        store, sources=planned.setting.sources, listener=display, rerun=rerun, workers=workers
    )

    def refresh() -> None:
        write_leaderboard(store, installed_approaches().entries)
        write_ablations(store)

    with display.live():
        result = carry_out(planned, session, installed_engines().get("local").load(), refresh)
    print(f"ablations: {ablation_store(store).root / PAGE}")
    if result.failed:
        raise BenchError(f"{len(result.failed)} runs failed; the lines above say why")
