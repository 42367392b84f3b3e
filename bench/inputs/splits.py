"""What a run trains on and is scored on: the tier's images, split, as images or as features."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.inputs.samples import ArraySamples, Labelled, Samples, Selection
from bench.planning.run_spec import RunSpec
from bench.planning.tiers import Tier
from datasets import ImageDataset
from datasets.splits import stratified_subset, tail_split
from models.vgg19_weights import BackboneWeights

# Whatever the run's seed, a tier takes the same images, so that approaches can be paired.
SUBSET_SEED = 0

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Inputs:
    """The three splits of the data as samples for a network.

    Attributes:
        test_index: int64 (n,), positions of the test images in the data set's test split.
        num_classes: of the data set.
        feature_seconds: wall-clock time spent on the backbone; near 0 when its cache had all.
    """

    train: Labelled
    validation: Labelled
    test: Labelled
    test_index: NDArray[np.int64]
    num_classes: int
    feature_seconds: float


def read_inputs(
    run: RunSpec,
    dataset: ImageDataset,
    weights: BackboneWeights | None,
    cache: Path,
    progress: Progress = lambda done, total: None,
) -> Inputs:
    """The samples of a run, with the frozen backbone's features computed where they are missing.

    Args:
        run: what is done.
        dataset: the images that it names.
        weights: of the backbone that it names.
        cache: folder of the feature cache.
        progress: told (images done, images in all) while features are computed.

    Raises:
        BenchError: the recipe has a backbone and there are no weights for it.
        datasets.DataError: there are too few images for the recipe's split.
    """
    recipe = run.network_recipe
    chosen, test = positions(dataset, run.tier)
    labels = dataset.train.fine[chosen]
    train, validation = tail_split(len(chosen), recipe.split.fraction)
    started = time.perf_counter()
    reader = _Reader(run, weights, cache, progress)
    chosen_samples = reader.samples(dataset.train.images[chosen])
    test_samples = reader.samples(dataset.test.images[test])
    return Inputs(
        train=Labelled(Selection(chosen_samples, train), labels[train]),
        validation=Labelled(Selection(chosen_samples, validation), labels[validation]),
        test=Labelled(test_samples, dataset.test.fine[test]),
        test_index=test,
        num_classes=dataset.num_classes,
        feature_seconds=time.perf_counter() - started if recipe.reads_features else 0.0,
    )


def positions(dataset: ImageDataset, tier: Tier) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Int64 (n,) each: which images of the two splits a tier takes, the same for every run."""
    return _subset(dataset.train.fine, tier.train_per_class), test_positions(dataset, tier)


def test_positions(dataset: ImageDataset, tier: Tier) -> NDArray[np.int64]:
    """Int64 (n,): which test images a tier scores, the same for every run."""
    return _subset(dataset.test.fine, tier.test_per_class)


def _subset(labels: NDArray[np.uint8], per_class: int | None) -> NDArray[np.int64]:
    if per_class is None:
        return np.arange(len(labels))
    return stratified_subset(labels, per_class, SUBSET_SEED)


@dataclass(frozen=True)
class _Reader:
    """How images become samples in one run."""

    run: RunSpec
    weights: BackboneWeights | None
    cache: Path
    progress: Progress

    def samples(self, images: NDArray[np.uint8]) -> Samples:
        recipe, owner = self.run.network_recipe, self.run.base or self.run
        if recipe.backbone is None or not recipe.reads_features:
            return ArraySamples(images)
        if self.weights is None:
            raise BenchError(
                f"approach {self.run.approach!r} needs VGG-19's ImageNet weights; "
                "give --weights FILE"
            )
        from bench.inputs.features import features_of

        return features_of(
            images,
            model=owner.model,
            backbone=recipe.backbone,
            weights=self.weights,
            cache=self.cache,
            progress=self.progress,
        )
