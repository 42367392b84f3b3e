"""Made-up plans of runs, and images to go with them, for tests of the report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.approaches.approach import Approach
from bench.approaches.recipes import ForestRecipe
from bench.approaches.registry import APPROACHES, plain_recipe
from bench.records.predictions import Predictions
from bench.records.record import EpochPart
from bench.records.store import PREDICTIONS, RECORD, RunStore
from datasets.image_dataset import ImageDataset, Labelled
from datasets.registry import taxonomy_of
from datasets.taxonomy import Taxonomy
from tests.support.factories import IMAGENET, make_record, make_scores

FINGERPRINT = "f" * 64


def cifar100() -> Taxonomy:
    found = taxonomy_of("cifar100")
    assert found is not None
    return found


def likely_mistakes(accuracy: float, n: int, seed: int) -> Predictions:
    """Predictions that err within the superclass half the time, and that seeds share in part."""
    coarse = np.array(cifar100().fine_to_coarse)
    label = np.arange(n) % 100
    shared, own = np.random.default_rng(1), np.random.default_rng([2, seed])
    logits = 0.7 * shared.normal(size=(n, 100)) + 0.7 * own.normal(size=(n, 100))
    logits += 1.3 * (coarse[label][:, None] == coarse[None, :])
    logits[np.arange(n), label] += 1.0
    logits *= 1.6
    # Lift the right class where that is easiest until the wanted fraction is right.
    others = logits.copy()
    others[np.arange(n), label] = -np.inf
    lead = logits[np.arange(n), label] - others.max(axis=1)
    logits[np.arange(n), label] -= np.quantile(lead, 1 - accuracy)
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Predictions.from_probabilities(probabilities, label, np.arange(n))


def history(epochs: int, seed: int, top: float = 0.5) -> tuple[EpochPart, ...]:
    """A rise that differs from seed to seed."""
    random = np.random.default_rng(seed)
    rise = 1 - np.exp(-np.arange(1, epochs + 1) / 4)
    noise = random.normal(0, 0.012, (2, epochs))
    return tuple(
        EpochPart(
            loss=float(4.2 - 2.6 * up),
            accuracy=float(np.clip(top * up + a, 0, 1)),
            validation_loss=float(4.1 - 2.0 * up),
            validation_accuracy=float(np.clip(0.8 * top * up + b, 0, 1)),
            seconds=1.0,
        )
        for up, a, b in zip(rise, *noise, strict=True)
    )


def write_matrix(
    store: RunStore,
    approaches: Sequence[Approach] = APPROACHES,
    seeds: int = 5,
    n: int = 10_000,
    fingerprint: str = FINGERPRINT,
) -> None:
    """Every approach with so many seeds of the full tier, about as accurate as documented."""
    sizes = {"basic_cnn": 184_004, "improved_cnn": 497_092, "vgg19_linear": 11_404_452}
    for number, approach in enumerate(approaches):
        documented = approach.documented_value("test_accuracy")
        accuracy = documented.value if documented else 0.4
        forest = isinstance(approach.recipe, ForestRecipe)
        for seed in range(seeds):
            shift = 0.006 * np.random.default_rng([seed, number]).normal()
            predictions = likely_mistakes(accuracy + shift, n, 100 * number + seed)
            record = make_record(
                predictions,
                approach=approach.name,
                seed=seed,
                fingerprint=fingerprint,
                weights=IMAGENET if approach.name.startswith("vgg") else None,
                parameters=0 if forest else sizes.get(approach.model, 48_493_476),
                validation=make_scores(accuracy + shift / 2, 2.2, 10_000),
                train=make_scores(accuracy + 0.1, 1.6),
                training_seconds=60.0 * (1 + number) + seed,
            )
            epochs = 0 if forest else 20 + seed * (approach.name == "vgg19_96_head")
            flops = None if forest else 7_000_000 * 10**number
            record = record.model_copy(
                update={
                    "recipe": plain_recipe(approach),
                    "history": history(epochs, seed),
                    "model": record.model.model_copy(update={"flops": flops}),
                }
            )
            folder = store.folder(
                dataset=record.dataset.name,
                tier=record.tier.name,
                approach=record.approach,
                seed=seed,
                key=record.key,
            )
            store.write(folder, record, predictions)


def write_many(store: RunStore, records: int, n: int = 10_000) -> None:
    """About so many records of all approaches, as quickly as may be: they share predictions.

    The predictions of each approach's first two seeds are linked, not copied.
    """
    write_matrix(store, seeds=2, n=n)
    for folder, record in list(store.runs()):
        for seed in range(record.seed + 2, records // len(APPROACHES), 2):
            own = folder.with_name(f"seed{seed}-{seed}")
            own.mkdir()
            (own / PREDICTIONS).hardlink_to(folder / PREDICTIONS)
            copied = record.model_copy(update={"seed": seed, "key": f"{record.approach}-{seed}"})
            (own / RECORD).write_text(copied.model_dump_json(indent=1), encoding="utf-8")


def made_up_images(n: int = 1000, fingerprint: str = FINGERPRINT) -> ImageDataset:
    """Noise under CIFAR-100's names, its test labels those of the made-up predictions."""
    taxonomy = cifar100()
    fine = (np.arange(n) % 100).astype(np.uint8)
    part = Labelled(
        np.random.default_rng(0).integers(0, 256, (n, 32, 32, 3), np.uint8),
        fine,
        np.array(taxonomy.fine_to_coarse, np.uint8)[fine],
    )
    return ImageDataset(
        name="cifar100",
        train=part,
        test=part,
        fine_names=taxonomy.fine_names,
        coarse_names=taxonomy.coarse_names,
        source="made up",
        fingerprint=fingerprint,
        content_digest="c" * 64,
    )
