"""`bench ablate`: runs that differ in one thing, and the tables that compare them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import OWN, Results, Workers
from bench.pages.say import say


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
    allow_dirty: Annotated[
        bool,
        typer.Option(
            "--allow-dirty",
            help="Let variants that claims speak of run from uncommitted changes, without verdict.",
        ),
    ] = False,
) -> None:
    """Settle what the report leaves open: run the variants, and write ablations/README.md.

    Needs the real CIFAR-100. Variants that are approaches of the leaderboard are found there, or
    run and recorded there.
    """
    from bench.ablations.entries import select_ablations
    from bench.ablations.page import PAGE, write_ablations
    from bench.ablations.planning import ablation_store, is_claimed, plan_ablations
    from bench.analysis.present_protocol import committed_protocol
    from bench.approaches.claim_sets import installed_claim_sets
    from bench.approaches.registry import installed_approaches
    from bench.engines.carry_out import carry_out
    from bench.engines.interrupts import stopping_on_interrupt
    from bench.engines.registry import installed_engines
    from bench.engines.session import Session
    from bench.errors import INTERRUPTED, BenchError
    from bench.leaderboard.files import write_leaderboard
    from bench.pages.words import counted
    from bench.planning.request import Request
    from bench.progress.terminal import Display
    from bench.records.environment import provenance, require_clean_tree
    from bench.records.opening import COMMITTED, check_writable, open_store
    from bench.training.stop import StopRequested

    display, store = Display(), open_store(results)
    request = Request(
        tier="full",
        seeds=seeds,
        dataset="cifar100",
        data_dir=data_dir,
        weights=weights,
        backend=backend,
    )
    chosen, claim_sets = select_ablations(tuple(names or ())), tuple(installed_claim_sets())
    check_writable(results)

    def refresh() -> None:
        write_leaderboard(store, installed_approaches().entries)
        write_ablations(store)

    failed, protocol = 0, committed_protocol(COMMITTED)
    for claimed in (True, False):
        ablations = [one for one in chosen if is_claimed(one, claim_sets) == claimed]
        if not ablations:
            continue
        planned = plan_ablations(ablations, request)
        display.show_plan(planned)
        assert planned.setting is not None
        if claimed:
            require_clean_tree(provenance(), allow_dirty=allow_dirty)
        session = Session(
            store,
            sources=planned.setting.sources,
            listener=display,
            rerun=rerun,
            workers=workers,
            allow_dirty=allow_dirty,
            protocols=dict.fromkeys((run.approach for run in planned.ordered()), protocol)
            if claimed and protocol
            else {},
        )
        engine = installed_engines().get("local").load()
        try:
            with stopping_on_interrupt(display.warn), display.live():
                failed += len(carry_out(planned, session, engine, refresh).failed)
        except StopRequested:
            display.warn(f"stopped {display.where}; the same command goes on from there")
            raise typer.Exit(INTERRUPTED) from None
    say(f"ablations: {ablation_store(store).root / PAGE}")
    if failed:
        raise BenchError(f"{counted(failed, 'run')} failed; the lines above say why")
