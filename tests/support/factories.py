"""Valid made-up runs for tests of whatever reads records; no framework and no training."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.approaches.approach import Approach, Documented
from bench.approaches.recipes import (
    ForestRecipe,
    FrozenBackbone,
    NetworkRecipe,
    Optimizer,
    Recipe,
    Split,
    as_plain,
)
from bench.approaches.registry import plain_recipe
from bench.approaches.run_key import CODE_VERSION
from bench.records.metrics import Scores, per_class_accuracy, score
from bench.records.predictions import Predictions
from bench.records.record import (
    DatasetPart,
    EnvironmentPart,
    EpochPart,
    ModelPart,
    RunRecord,
    TierPart,
    TimingsPart,
    WeightsPart,
)
from bench.records.store import RunStore

CLASSES = 100
FULL: dict[str, Any] = {
    "train_per_class": None,
    "test_per_class": None,
    "max_epochs": None,
    "max_trees": None,
}
SHORT: dict[str, Any] = FULL | {"train_per_class": 60, "test_per_class": 20, "max_epochs": 10}
IMAGENET = WeightsPart(kind="imagenet", description="VGG-19 ImageNet weights", sha256="ab" * 32)
RANDOM = WeightsPart(kind="random", description="random backbone, seed 0", sha256=None)

SCRATCH_RECIPE = NetworkRecipe(Split("tail", 0.2), Optimizer(), batch_size=32, epochs=3)
BACKBONE_RECIPE = NetworkRecipe(
    Split("tail", 0.2), Optimizer(), batch_size=32, epochs=3, backbone=FrozenBackbone(image_size=32)
)

# A small registry, so that tests do not change with the numbers of the real one.
APPROACHES: tuple[Approach, ...] = (
    Approach(
        "plain",
        "Plain CNN",
        "plain",
        SCRATCH_RECIPE,
        (
            Documented("parameters", 184_004, 1, "2b"),
            Documented("epochs", 3, 1, "2c"),
            Documented("train_accuracy", 0.50, 0.01, "2b"),
            Documented("train_loss", 1.86, 0.01, "2b"),
            Documented("validation_accuracy", 0.36, 0.01, "2b"),
            Documented("test_accuracy", 0.387, 0.001, "2b"),
        ),
    ),
    Approach(
        "pretrained",
        "Pretrained backbone",
        "pretrained",
        BACKBONE_RECIPE,
        (Documented("test_accuracy", 0.512, 0.001, "3a"),),
    ),
    Approach(
        "forest",
        "Forest on the backbone",
        "pretrained",
        ForestRecipe(base="pretrained", features="backbone"),
        (Documented("test_accuracy", 0.40, 0.01, "3d"),),
    ),
    Approach("unrun", "Never run", "plain", SCRATCH_RECIPE),
)
_RECIPES = {approach.name: plain_recipe(approach, APPROACHES) for approach in APPROACHES}

if TYPE_CHECKING:
    import keras


def make_predictions(
    accuracy: float = 0.4,
    n: int = 1000,
    seed: int = 0,
    index: NDArray[np.int32] | None = None,
    hard: int = 0,
) -> Predictions:
    """Predictions of which exactly `round(accuracy * n)` are right.

    Args:
        accuracy: fraction of right ones.
        n: images; labels run through all classes.
        seed: of the noise; which images are right depends on `hard` too.
        index: positions in the test split; 0..n-1 unless given.
        hard: seed of the images' difficulty, which runs of the same data share.
    """
    found = _predictions(accuracy, n, seed, hard)
    return found if index is None else replace(found, index=index)


@cache
def _predictions(accuracy: float, n: int, seed: int, hard: int) -> Predictions:
    random = np.random.default_rng(seed)
    label = np.arange(n) % CLASSES
    difficulty = np.random.default_rng(hard + 7_000).random(n) + 0.2 * random.random(n)
    right = np.zeros(n, bool)
    right[np.argsort(difficulty)[: round(accuracy * n)]] = True
    logits = random.normal(size=(n, CLASSES))
    favourite = np.where(right, label, (label + random.integers(1, CLASSES, n)) % CLASSES)
    logits[np.arange(n), favourite] = logits.max(axis=1) + 0.5
    probabilities = np.exp(logits)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Predictions.from_probabilities(probabilities, label, np.arange(n))


def make_scores(accuracy: float = 0.5, loss: float = 1.8, images: int = 40_000) -> Scores:
    """Scores of a part whose predictions are not kept."""
    return Scores(
        images=images,
        accuracy=accuracy,
        top5_accuracy=min(1.0, accuracy + 0.3),
        loss=loss,
        calibration_error=0.05,
    )


def make_record(
    predictions: Predictions | None = None,
    *,
    approach: str = "plain",
    seed: int = 0,
    recipe: Recipe | None = None,
    tier: str = "full",
    tier_parameters: dict[str, Any] | None = None,
    dataset: str = "cifar100",
    fingerprint: str = "f" * 64,
    weights: WeightsPart | None = None,
    backend: str = "tensorflow",
    device: str = "CPU",
    started: str = "2025-01-02T03:04:05+00:00",
    key: str | None = None,
    protocol: str | None = "d" * 64,
    train: Scores | None = None,
    validation: Scores | None = None,
    parameters: int = 184_004,
    epochs: int = 3,
    training_seconds: float = 92.0,
    diverged: int | None = None,
) -> RunRecord:
    """A valid record whose test scores follow from `predictions`."""
    predictions = predictions or make_predictions(seed=seed)
    registered = _RECIPES.get(approach, as_plain(SCRATCH_RECIPE))
    parameters_of_tier = FULL if tier == "full" else SHORT
    epoch = EpochPart(
        loss=train.loss if train else 2.0,
        accuracy=train.accuracy if train else 0.4,
        validation_loss=2.5,
        validation_accuracy=0.35,
        seconds=1.0,
    )
    return RunRecord(
        code_version=CODE_VERSION,
        key=key or f"{approach}-{backend}-{device}-{seed}".lower(),
        approach=approach,
        seed=seed,
        recipe=as_plain(recipe) if recipe else registered,
        tier=TierPart(name=tier, parameters=tier_parameters or parameters_of_tier),
        dataset=DatasetPart(
            name=dataset,
            source=f"{dataset} made up for tests",
            fingerprint=fingerprint,
            content_digest="c" * 64,
            train_images=40_000,
            validation_images=10_000,
            test_images=len(predictions.label),
        ),
        weights=weights,
        model=ModelPart(
            parameters=parameters or None,
            trainable_parameters=parameters - 160 if parameters else None,
            non_trainable_parameters=160 if parameters else None,
            flops=4_050_000 if parameters else None,
        ),
        history=(epoch,) * epochs,
        best_epoch=None,
        diverged=diverged,
        train=train or make_scores(),
        validation=validation or make_scores(0.36, 2.68, 10_000),
        test=score(predictions),
        per_class_accuracy=per_class_accuracy(predictions, CLASSES),
        timings=TimingsPart(
            total=100.0,
            features=0.0,
            training=training_seconds,
            training_images_per_second=4_000.0,
        ),
        peak_memory_bytes=1 << 30,
        environment=EnvironmentPart(
            python="3.12.1",
            platform="Linux",
            processor="Test processor",
            cores=2,
            device=device,
            backend=backend,
            versions={"keras": "3.15.1", backend: "1.0"},
            commit="0123456789abcdef",
            dirty=False,
        ),
        started=started,
        protocol=protocol,
    )


def write_run(
    store: RunStore, accuracy: float = 0.4, *, n: int = 1000, seed: int = 0, **fields: Any
) -> Path:
    """Keep a made-up run in a store and return its folder.

    Args:
        store: where to.
        accuracy: of the test predictions.
        n: test images.
        seed: of the run and of its predictions.
        **fields: of `make_record`; `index` and `hard` go to `make_predictions`.
    """
    chance = {name: fields.pop(name) for name in ("index", "hard") if name in fields}
    predictions = make_predictions(accuracy, n, seed, **chance)
    record = make_record(predictions, seed=seed, **fields)
    folder = store.folder(
        dataset=record.dataset.name,
        tier=record.tier.name,
        approach=record.approach,
        seed=record.seed,
        key=record.key,
    )
    store.write(folder, record, predictions)
    return folder


def tiny_network(input_shape: tuple[int, ...], num_classes: int) -> keras.Model:
    """A network that is trained in no time, for tests of what surrounds it."""
    import keras

    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.AveragePooling2D(8),
            keras.layers.Flatten(name="Flatten"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
