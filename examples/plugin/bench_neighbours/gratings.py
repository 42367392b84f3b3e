"""Ten classes of stripes: a data set that is computed, of its own size and with its own names."""

from __future__ import annotations

import numpy as np

from datasets import ImageDataset, Labelled, Taxonomy
from datasets.entry import DatasetEntry
from datasets.image_dataset import content_digest, fingerprint

ANGLES = tuple(range(0, 180, 18))
NAMES = Taxonomy.alone(tuple(f"{angle} degrees" for angle in ANGLES))


def load_gratings() -> ImageDataset:
    """Stripes at ten angles with noise, 60 training and 20 test images of each, 32 x 32 pixels."""
    train, test = _split(60, seed=1), _split(20, seed=2)
    return ImageDataset(
        name="gratings",
        train=train,
        test=test,
        fine_names=NAMES.fine_names,
        coarse_names=NAMES.coarse_names,
        source="stripes at ten angles, computed",
        fingerprint=fingerprint(train, test),
        content_digest=content_digest(train, test),
        title="Gratings",
        synthetic=True,
    )


def _split(per_class: int, seed: int) -> Labelled:
    random = np.random.RandomState(seed)
    labels = random.permutation(np.repeat(np.arange(len(ANGLES)), per_class)).astype(np.uint8)
    y, x = np.mgrid[:32, :32]
    angle = np.deg2rad(np.array(ANGLES))[labels][:, None, None]
    phase = random.uniform(0, 2 * np.pi, (len(labels), 1, 1))
    stripes = np.sin(0.8 * (x * np.cos(angle) + y * np.sin(angle)) + phase)
    noisy = 128 + 70 * stripes[..., None] + random.normal(0, 40, (len(labels), 32, 32, 3))
    return Labelled(np.clip(noisy, 0, 255).astype(np.uint8), labels, labels)


GRATINGS = DatasetEntry(
    name="gratings",
    title="Gratings",
    description="ten classes of stripes, computed",
    loader="bench_neighbours.gratings:load_gratings",
    synthetic=True,
    names=NAMES,
)
