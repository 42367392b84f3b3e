"""What a run trains and is scored on: the tier's images, split, as images or as features."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.inputs.samples import ArraySamples, Samples, Selection
from bench.planning.runs import Run
from bench.progress import events
from bench.training.epochs import Labelled
from datasets.splits import stratified_split, stratified_subset, tail_split

# Whatever the run's seed, a tier takes the same images, so that approaches can be paired.
SUBSET_SEED = 0


@dataclass(frozen=True)
class Inputs:
    """The three parts of the data as samples for a network.

    Attributes:
        test_index: int64 (n,), positions of the test images in the data set's test split.
        feature_seconds: wall-clock time spent on the backbone; near 0 when its cache had all.
    """

    train: Labelled
    validation: Labelled
    test: Labelled
    test_index: NDArray[np.int64]
    feature_seconds: float


def read_inputs(run: Run) -> Inputs:
    """The samples of a run, with the frozen backbone's features computed where they are missing.

    Raises:
        BenchError: the recipe has a backbone and there are no weights for it.
    """
    context = run.context
    recipe = run.network_recipe
    chosen = _subset(context.dataset.train.fine, context.tier.train_per_class)
    test = _subset(context.dataset.test.fine, context.tier.test_per_class)
    labels = context.dataset.train.fine[chosen]
    if recipe.split.kind == "tail":
        train, validation = tail_split(len(chosen), recipe.split.fraction)
    else:
        train, validation = stratified_split(labels, recipe.split.fraction, SUBSET_SEED)
    started = time.perf_counter()
    chosen_samples = _samples(run, context.dataset.train.images[chosen])
    test_samples = _samples(run, context.dataset.test.images[test])
    return Inputs(
        train=Labelled(Selection(chosen_samples, train), labels[train]),
        validation=Labelled(Selection(chosen_samples, validation), labels[validation]),
        test=Labelled(test_samples, context.dataset.test.fine[test]),
        test_index=test,
        feature_seconds=time.perf_counter() - started if recipe.reads_features else 0.0,
    )


def _subset(labels: NDArray[np.uint8], per_class: int | None) -> NDArray[np.int64]:
    if per_class is None:
        return np.arange(len(labels))
    return stratified_subset(labels, per_class, SUBSET_SEED)


def _samples(run: Run, images: NDArray[np.uint8]) -> Samples:
    backbone = run.network_recipe.backbone
    if backbone is None or not run.network_recipe.reads_features:
        return ArraySamples(images)
    if run.context.weights is None:
        raise BenchError(
            f"approach {run.approach.name!r} needs VGG-19's ImageNet weights; give --weights FILE"
        )
    from bench.inputs.features import features_of

    return features_of(
        images,
        model=run.approach.model,
        backbone=backbone,
        weights=run.context.weights,
        cache=run.context.cache,
        progress=lambda done, total: run.context.listener(
            events.FeaturesProgress(run.approach.name, done, total)
        ),
    )
