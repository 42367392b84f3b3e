"""`bench run`: do the runs of a tier and write the leaderboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.demo import show_what_else_is_here
from bench.commands.options import OWN, DataDir, Dataset, Results, Workers
from bench.commands.plugins import tell_broken
from bench.pages.words import counted

if TYPE_CHECKING:
    from bench.engines.session import Session
    from bench.planning.plan import Plan


def run(
    tier: Annotated[str, typer.Option(help="smoke, short or full; see `bench list tiers`.")] = (
        "short"
    ),
    approach: Annotated[
        list[str] | None,
        typer.Option(
            help="Name, shell pattern such as 'vgg19*', or module:NAME of your own; repeatable. "
            "Default: all."
        ),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="How many seeds, counted from 0. Default: the tier's.")
    ] = None,
    dataset: Dataset = None,
    data_dir: DataDir = None,
    weights: Annotated[
        str | None,
        typer.Option(
            help="VGG-19's ImageNet weights: a file, auto (Keras' cache or download) or random "
            "(tests only). Default: the tier's."
        ),
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="tensorflow or jax. Default: KERAS_BACKEND, else installed.")
    ] = None,
    backbone_dtype: Annotated[
        str | None,
        typer.Option(
            help="bfloat16 runs the frozen backbone about twice as fast on a processor or GPU that "
            "has it; see the ablation vgg-dtype. Default: float32.",
        ),
    ] = None,
    trunk_dtype: Annotated[str | None, typer.Option(hidden=True)] = None,
    results: Results = OWN,
    tracker: Annotated[
        list[str] | None,
        typer.Option(help="Follow the runs in trackio, mlflow or tensorboard too; repeatable."),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="How the plan is carried out; see `bench list engines`.")
    ] = "local",
    workers: Workers = None,
    timeout: Annotated[
        float | None, typer.Option(min=1, help="Seconds that one run may take. Default: no limit.")
    ] = None,
    allow_dirty: Annotated[
        bool,
        typer.Option(
            "--allow-dirty", help="Run the full tier from uncommitted changes; it gets no verdict."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan and what it may take; run nothing.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing but the last table.")
    ] = False,
    until_resolution: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            max=50,
            help="Add seeds until every documented test accuracy would be missed by no more than "
            "this many points with 80 % power, or 20 seeds are done.",
        ),
    ] = None,
    only: Annotated[str | None, typer.Option(help="Do the one planned run with this key.")] = None,
    partition: Annotated[str | None, typer.Option(help="Of SLURM, with --engine slurm.")] = None,
    gpus: Annotated[
        float, typer.Option(min=0, help="GPUs of each SLURM job or Ray task; Ray knows fractions.")
    ] = 0,
    time: Annotated[
        str | None, typer.Option(help="Limit of each SLURM job: minutes, or HH:MM:SS.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Follow SLURM's jobs here, and draw the pages.")
    ] = False,
    print_script: Annotated[
        bool,
        typer.Option("--print", help="Print a script for sbatch instead of submitting jobs."),
    ] = False,
    address: Annotated[
        str | None, typer.Option(help="Of a Ray cluster: auto, or ray://host:port.")
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(help="i/n: do this part of the plan alone, for machines that share nothing."),
    ] = None,
    rerun: Annotated[
        bool, typer.Option("--rerun", "--fresh", help="Run again what is recorded.")
    ] = False,
) -> None:
    """Train and score approaches, keep one record a run, and refresh the leaderboard.

    Runs that are already recorded are found and not repeated; a run that was stopped goes on from
    its last finished epoch.
    """
    if only is not None:
        _do_one(only, results)
        return
    from dataclasses import replace

    from rich.console import Console

    from bench.approaches.registry import installed_approaches
    from bench.engines.carry_out import carry_out
    from bench.engines.cluster import ClusterOptions, minutes_of
    from bench.engines.interrupts import stopping_on_interrupt
    from bench.engines.jobs import write_jobs
    from bench.engines.more_seeds import more_seeds
    from bench.engines.registry import installed_engines
    from bench.engines.session import Session, protocols_of
    from bench.engines.steps import steps_of
    from bench.errors import INTERRUPTED, BenchError
    from bench.leaderboard.files import MARKDOWN, write_leaderboard
    from bench.leaderboard.terminal import show_summary
    from bench.planning.plan import plan
    from bench.planning.request import Request
    from bench.planning.shards import Shard
    from bench.progress import events
    from bench.progress.terminal import Display
    from bench.records.environment import provenance, require_clean_tree
    from bench.records.opening import check_writable, open_store
    from bench.trackers.listener import following
    from bench.training.stop import StopRequested

    part = Shard.parse(shard) if shard else None
    cluster = ClusterOptions(partition, gpus, minutes_of(time) if time else None, address)
    if engine != "slurm" and (partition or time or wait or print_script):
        raise BenchError("--partition, --time, --wait and --print belong to --engine slurm")
    if engine != "ray" and address:
        raise BenchError("--address belongs to --engine ray")
    chosen_engine = installed_engines().get(engine).load()
    display, store, known = Display(quiet=quiet), open_store(results), installed_approaches()
    request = Request(
        tier=tier,
        approaches=tuple(approach or ()),
        seeds=seeds,
        dataset=dataset,
        data_dir=data_dir,
        weights=weights,
        backend=backend,
        backbone_dtype=backbone_dtype or trunk_dtype,
    )

    def refresh() -> None:
        write_leaderboard(store, known.entries)

    with following(tuple(tracker or ()), results, display.warn) as trackers:
        wanted: Request | None = request
        while wanted is not None:
            planned = plan(wanted, known)
            tell_broken()
            if part is not None:
                planned = part.of(planned)
            if not print_script:
                display.show_plan(planned)
            if planned.setting is None:
                return
            if part is not None and not planned.runs:
                display.warn(f"no run of this plan falls to shard {shard}")
                return
            session = Session(
                store,
                sources=planned.setting.sources,
                listener=events.broadcast(display, trackers),
                rerun=rerun,
                workers=workers,
                timeout=timeout,
                allow_dirty=allow_dirty,
                protocols=protocols_of(planned, store.root),
                cluster=cluster,
            )
            if dry_run:
                _print_estimate(planned, session)
                return
            check_writable(results)
            if planned.runs and planned.runs[0].tier.complete:
                require_clean_tree(provenance(), allow_dirty=allow_dirty)
            if engine == "slurm" and not wait:
                _hand_over(planned, session, printed=print_script)
                return
            write_jobs(steps_of(planned, session), session)
            try:
                with stopping_on_interrupt(display.warn), display.live():
                    result = carry_out(planned, session, chosen_engine, refresh)
            except StopRequested:
                display.warn(f"stopped {display.where}; the same command goes on from there")
                raise typer.Exit(INTERRUPTED) from None
            wanted = None
            if until_resolution is not None:
                more = more_seeds(result.records.values(), known, until_resolution / 100)
                wanted = replace(request, seeds=more) if more else None
    if result.records and not (store.root / MARKDOWN).exists():
        # Every run was found elsewhere: nothing new was there to be shown.
        refresh()
    show_summary(Console(), store, tuple(result.records.values()), known.entries)
    if store.also and not quiet:
        show_what_else_is_here()
    if result.failed:
        raise BenchError(f"{counted(len(result.failed), 'run')} failed; the lines above say why")


def _print_estimate(planned: Plan, session: Session) -> None:
    """What would be run, and how long such runs took where they were recorded."""
    from bench.engines.estimate import estimate

    to_do = [run for run in planned.runs if session.is_to_do(run)]
    found = estimate(planned, to_do, (record for _, record in session.store.runs()))
    print(f"recorded already: {counted(found.found, 'run')}")
    for name, count in found.to_do.items():
        print(f"to do: {name}, {counted(count, 'seed')}")
    if found.seconds:
        print(f"runs like these took {found.seconds / 60:.0f} minutes, one after the other")
    if found.unknown:
        print(f"never run at this tier: {', '.join(found.unknown)}")


def _hand_over(planned: Plan, session: Session, *, printed: bool) -> None:
    """Leave the plan to SLURM, or to a script for it, and return."""
    from bench.engines.slurm import script, submit
    from bench.engines.steps import steps_of

    steps = list(steps_of(planned, session))
    root = session.store.root
    if printed:
        print(script(steps, session), end="")
        return
    jobs = submit(steps, session)
    if not jobs:
        print("every run is recorded; nothing was submitted")
        return
    print(
        f"submitted {counted(len(jobs), 'job')} as array {jobs[0].job_id.partition('_')[0]}; "
        f"`bench status --results {root}` shows them, `bench collect --results {root}` "
        "draws the pages"
    )


def _do_one(key: str, results: Path) -> None:
    """Do a planned run, of which no more is known than its key."""
    from bench.engines.one import do_key
    from bench.progress.terminal import Display
    from bench.records.opening import open_store

    if not do_key(open_store(results), key, Display()):
        raise typer.Exit(1)
