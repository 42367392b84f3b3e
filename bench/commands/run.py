"""`bench run`: do the runs of a tier and write the leaderboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import Results, Workers


def run(
    tier: Annotated[str, typer.Option(help="smoke, short or full; see `bench list tiers`.")] = (
        "short"
    ),
    approach: Annotated[
        list[str] | None,
        typer.Option(help="Name or shell pattern, such as 'vgg19*'; repeatable. Default: all."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="How many seeds, counted from 0. Default: the tier's.")
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            help="cifar100, shapes100 (drawn here) or auto: CIFAR-100 where it can be had, else "
            "shapes100. Default: the tier's."
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder or archive of CIFAR-100, Python or binary layout."),
    ] = None,
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
            "has it; see the ablation vgg-dtype. Default: float32."
        ),
    ] = None,
    results: Results = Path("results"),
    tracker: Annotated[
        list[str] | None,
        typer.Option(help="Follow the runs in trackio, mlflow or tensorboard too; repeatable."),
    ] = None,
    workers: Workers = None,
    rerun: Annotated[bool, typer.Option("--rerun", help="Run again what is recorded.")] = False,
) -> None:
    """Train and score approaches, keep one record a run, and refresh the leaderboard.

    Runs that are already recorded are found and not repeated; a run that was stopped goes on from
    its last finished epoch.
    """
    from functools import partial

    from bench.engines.matrix import run_plan
    from bench.planning.plan import Request, plan
    from bench.progress import events
    from bench.progress.terminal import Display
    from bench.trackers.listener import following

    request = Request(
        tier=tier,
        approaches=tuple(approach or ()),
        seeds=seeds,
        dataset=dataset,
        data_dir=data_dir,
        weights=weights,
        backend=backend,
        results=results,
        rerun=rerun,
        backbone_dtype=backbone_dtype,
    )
    display = Display()
    with following(tuple(tracker or ()), results, display.warn) as trackers:
        matrix = plan(request, events.broadcast(display, trackers))
        display.show_plan(matrix)
        with display.live():
            records = run_plan(matrix, planner=partial(plan, request), workers=workers)
    display.show_summary(matrix, records)
