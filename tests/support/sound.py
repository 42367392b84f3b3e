"""A results folder in which everything agrees, and what a forger does to one."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench.approaches.recipes import EarlyStopping, NetworkRecipe, Optimizer, Split
from bench.approaches.registry import Approach, plain_recipe
from bench.leaderboard.files import write_leaderboard
from bench.planning.tiers import get_tier
from bench.records.ledger import head
from bench.records.metrics import per_class_accuracy, score
from bench.records.migration import adopt, key_of
from bench.records.predictions import Predictions
from bench.records.record import EpochPart, RunRecord, TierPart
from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.system.files import sha256_of
from datasets.image_dataset import ImageDataset, Labelled
from datasets.splits import stratified_subset
from tests.support.factories import make_record, make_scores

CLASSES = 100
# Both train the report's first network, so that its layer table holds.
PLAIN = Approach(
    "plain", "Plain", "basic_cnn", NetworkRecipe(Split("tail", 0.2), Optimizer(), 32, 3)
)
STOPPED = Approach(
    "stopped",
    "Stopped early",
    "basic_cnn",
    NetworkRecipe(
        Split("tail", 0.2),
        Optimizer(),
        64,
        9,
        early_stopping=EarlyStopping(2, restore_best_weights=True),
    ),
)
APPROACHES = (PLAIN, STOPPED)


@cache
def images() -> ImageDataset:
    """CIFAR-100 in its sizes and labels, with pixels of no meaning."""
    random = np.random.default_rng(5)

    def part(per_class: int) -> Labelled:
        fine = random.permutation(np.repeat(np.arange(CLASSES), per_class)).astype(np.uint8)
        return Labelled(np.zeros((len(fine), 1, 1, 3), np.uint8), fine, fine // 5)

    return ImageDataset(
        name="cifar100",
        train=part(500),
        test=part(100),
        fine_names=tuple(map(str, range(CLASSES))),
        coarse_names=tuple(map(str, range(20))),
        source="made up for tests",
        fingerprint="f" * 64,
        content_digest="c" * 64,
    )


@cache
def predictions_of(accuracy: float, tier: str, seed: int) -> Predictions:
    """What a network says of the tier's test images, `accuracy` of it right."""
    fine, per_class = images().test.fine, get_tier(tier).test_per_class
    index = stratified_subset(fine, per_class, 0) if per_class else np.arange(len(fine))
    label, random = fine[index], np.random.default_rng([seed, round(accuracy * 1e6)])
    logits = random.normal(size=(len(label), CLASSES))
    right = random.permutation(len(label)) < round(accuracy * len(label))
    favourite = np.where(right, label, (label + random.integers(1, CLASSES, len(label))) % CLASSES)
    logits[np.arange(len(label)), favourite] = logits.max(axis=1) + 0.5
    probabilities = np.exp(logits)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Predictions.from_probabilities(probabilities, label, index)


def sound_run(
    store: RunStore, approach: Approach = PLAIN, seed: int = 0, tier: str = "full"
) -> Path:
    """Keep a run in which every number follows from the others, and return its folder."""
    record, predictions = sound_record(approach, seed, tier)
    store.write(store.folder_of(record), record, predictions)
    return store.folder_of(record)


def sound_record(approach: Approach, seed: int, tier: str) -> tuple[RunRecord, Predictions]:
    """A record and its predictions."""
    accuracy = (0.40 if approach is PLAIN else 0.45) + 0.004 * seed
    predictions = predictions_of(accuracy, tier, seed)
    parameters = get_tier(tier).parameters
    together = (parameters["train_per_class"] or 500) * CLASSES
    train, held_out = together * 4 // 5, together // 5
    random = np.random.default_rng([seed, train, len(approach.name)])
    losses = [4.0, 3.0, 2.5, 2.6, 2.7] if approach is STOPPED else [4.0, 3.0, 2.5]
    history = tuple(
        EpochPart(
            loss=loss + random.random() / 10,
            accuracy=round(train * (accuracy - 0.1 / number)) / train,
            validation_loss=loss,
            validation_accuracy=round(held_out * (accuracy - 0.01 * abs(number - 3))) / held_out,
            seconds=10.0 + random.random(),
        )
        for number, loss in enumerate(losses, 1)
    )
    seconds = [epoch.seconds for epoch in history]
    kept = history[2]
    assert kept.validation_accuracy is not None
    base = make_record(predictions, approach=approach.name, seed=seed)
    changed = base.model_copy(
        update={
            "recipe": plain_recipe(approach, APPROACHES),
            "tier": TierPart(name=tier, parameters=parameters),
            "dataset": base.dataset.model_copy(
                update={"train_images": train, "validation_images": held_out}
            ),
            "history": history,
            "best_epoch": 3 if approach is STOPPED else None,
            "train": make_scores(round(train * 0.5) / train, 2.0, train),
            "validation": make_scores(kept.validation_accuracy, 2.5, held_out),
            "timings": base.timings.model_copy(
                update={
                    "total": 60.0,
                    "training": sum(seconds),
                    "training_images_per_second": train / sorted(seconds)[len(seconds) // 2],
                }
            ),
            "started": "2026-01-02T03:04:05+00:00",
            "finished": "2026-01-02T03:05:05+00:00",
            "environment": base.environment.model_copy(update={"threads": 1}),
        }
    )
    return changed.model_copy(update={"key": key_of(changed)}), predictions


def sound_store(root: Path) -> RunStore:
    """Three seeds of one approach, two of another, one of the short tier, and the leaderboard."""
    store = RunStore(root)
    for seed in range(3):
        sound_run(store, PLAIN, seed)
    for seed in range(2):
        sound_run(store, STOPPED, seed)
    sound_run(store, PLAIN, 0, "short")
    write_leaderboard(store, APPROACHES)
    return store


def folder_of(store: RunStore, approach: str = "plain", seed: int = 0, tier: str = "full") -> Path:
    """The folder of a run that counts."""
    (found,) = store.root.glob(f"runs/*/{tier}/{approach}/seed{seed}-*")
    return found


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a record's JSON in place."""
    path = folder / RECORD
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def put(folder: Path, predictions: Predictions) -> None:
    """Lay predictions into a run as a careful forger does: hash and scores follow from them."""
    predictions.save(folder / PREDICTIONS)
    scores = score(predictions).model_dump()
    classes = list(per_class_accuracy(predictions, CLASSES))
    digest = sha256_of(folder / PREDICTIONS)
    edit(
        folder,
        lambda content: content.update(
            test=scores, per_class_accuracy=classes, predictions_sha256=digest
        ),
    )


def rekey(store: RunStore, folder: Path) -> Path:
    """Give a record the key, and the folder, that follow from what it says now."""
    record = store.read(folder)
    assert record is not None
    sound = record.model_copy(update={"key": key_of(record)})
    edit(folder, lambda content: content.update(key=sound.key))
    target = store.folder_of(sound)
    target.parent.mkdir(parents=True, exist_ok=True)
    return folder.rename(target)


def cover_up(store: RunStore) -> None:
    """Write the whole ledger and the leaderboard again, so that they agree with the folder."""
    store.ledger.path.unlink()
    adopt(store)
    write_leaderboard(store, APPROACHES)


def published_head(store: RunStore) -> str:
    """What an honest owner would have published of the ledger."""
    return head(store.ledger.entries())
