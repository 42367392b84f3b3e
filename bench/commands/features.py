"""`bench features`: compute the frozen features of a plan before its runs, in parts if need be."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.options import DataDir, Dataset
from bench.pages.say import say
from bench.pages.words import counted


def features(
    tier: Annotated[str, typer.Option(help="smoke, short or full.")] = "short",
    approach: Annotated[
        list[str] | None,
        typer.Option(help="Name or shell pattern such as 'vgg19*'; repeatable. Default: all."),
    ] = None,
    dataset: Dataset = None,
    data_dir: DataDir = None,
    weights: Annotated[
        str | None, typer.Option(help="As of `bench run`. Default: the tier's.")
    ] = None,
    backend: Annotated[str | None, typer.Option(help="tensorflow or jax.")] = None,
    backbone_dtype: Annotated[
        str | None, typer.Option(help="As of `bench run`. Default: float32.")
    ] = None,
    shard: Annotated[
        str,
        typer.Option(
            help="i/n: this part of the images alone; whoever finishes the last part joins them."
        ),
    ] = "1/1",
) -> None:
    """Run the frozen backbones of a plan over its images; `bench run` then finds their features.

    The joined file has the bytes of one that was computed at once. Machines that take different
    parts must share the cache, the folder BENCH_CACHE_DIR.
    """
    from bench.approaches.registry import installed_approaches
    from bench.engines.session import Session
    from bench.planning.plan import plan
    from bench.planning.request import Request
    from bench.planning.shards import Shard
    from bench.records.opening import OWN
    from bench.records.store import RunStore
    from bench.system.backend import import_backend

    part = Shard.parse(shard)
    planned = plan(
        Request(
            tier=tier,
            approaches=tuple(approach or ()),
            seeds=1,
            dataset=dataset,
            data_dir=data_dir,
            weights=weights,
            backend=backend,
            backbone_dtype=backbone_dtype,
        ),
        installed_approaches(),
    )
    if planned.setting is None:
        return
    import_backend(planned.setting.backend)
    # What computes features imports Keras, which must wait for its backend.
    from bench.engines.extraction import extract

    session = Session(RunStore(OWN), sources=planned.setting.sources)
    whole = list(extract(planned.ordered(), session, part))
    say(f"{counted(len(whole), 'set')} of features, {sum(whole)} whole, in {session.cache}")
