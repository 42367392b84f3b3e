"""The frozen features of a plan, each set once, before or beside its runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.engines.session import Session
from bench.engines.unit import dataset_for, weights_for
from bench.inputs.feature_shards import ShardedFeatures
from bench.inputs.features import Reader
from bench.inputs.splits import positions
from bench.planning.run_spec import RunSpec
from bench.planning.shards import Shard


def extract(runs: Iterable[RunSpec], session: Session, shard: Shard) -> Iterator[bool]:
    """Compute this shard of every set of features that the runs read.

    Gives for each set whether it is whole now.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: an input is missing, or the cache
            cannot be written.
    """
    for run in one_of_each(runs):
        weights, backbone = weights_for(run, session.sources), run.network_recipe.backbone
        assert weights is not None
        assert backbone is not None
        dataset = dataset_for(run, session.sources)
        chosen, test = positions(dataset, run.tier)
        for images in (dataset.train.images[chosen], dataset.test.images[test]):
            reader = Reader(images, (run.base or run).model, backbone, weights)
            yield ShardedFeatures(reader, session.cache, shard.count).add(shard.index)


def one_of_each(runs: Iterable[RunSpec]) -> list[RunSpec]:
    """One run for each set of frozen features that the runs share."""
    found: dict[object, RunSpec] = {}
    for run in runs:
        features = run.features
        if features is not None:
            found.setdefault(features, run)
    return list(found.values())
