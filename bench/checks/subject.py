"""An approach under examination: fitted in this process, in seconds, on a few made-up images."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.approaches.approach import Approach
from bench.approaches.registry import installed_approaches
from bench.estimators.protocol import Outcome, Task
from bench.estimators.registry import EstimatorEntry, installed_estimators
from bench.inputs.splits import Inputs, read_inputs
from bench.planning.plan import Setting, run_of
from bench.planning.prerequisites import Sources, identity_of
from bench.planning.request import Request, choose
from bench.planning.run_spec import RunSpec
from bench.planning.tiers import Tier
from bench.registry import Registry
from bench.system.backend import choose_backend
from datasets.image_dataset import ImageDataset, Labelled, content_digest, fingerprint
from models.vgg19_weights import find_weights

# Seven, so that no model that has another number built in passes.
CLASSES = 7
TRAIN_PER_CLASS, TEST_PER_CLASS = 12, 6
TIER = Tier("check", "a few steps", None, None, max_epochs=2, max_trees=4, seeds=1)


@dataclass(frozen=True)
class Fitted:
    """An approach after a fit.

    Attributes:
        run: what was done.
        inputs: what it was given.
        folder: where it kept its weights.
        outcome: what it gave.
        changed: names of the inputs whose content is another after the fit.
    """

    run: RunSpec
    inputs: Inputs
    folder: Path
    outcome: Outcome
    changed: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Subject:
    """An approach under examination.

    Attributes:
        approach: it.
        known: where the network that it may read is found.
        folder: for everything that a fit writes; exists.
        estimators: what can be fitted.
    """

    approach: Approach
    known: Registry[Approach]
    folder: Path
    estimators: Registry[EstimatorEntry] = field(default_factory=installed_estimators)

    @cached_property
    def images(self) -> ImageDataset:
        """What every fit reads unless told otherwise."""
        return made_images()

    @cached_property
    def fitted(self) -> Fitted:
        """The approach after a usual fit with seed 0."""
        return self.fit()

    def fit(self, seed: int = 0, images: ImageDataset | None = None) -> Fitted:
        """Fit again.

        Raises:
            Exception: whatever the approach raises.
        """
        given = images or self.images
        backbone = find_weights("random")
        setting = Setting(given, identity_of(backbone), choose_backend(), Sources())
        run = run_of(self.approach, seed, TIER, setting, self.known)
        return self._fit(run, given)

    def _fit(self, run: RunSpec, images: ImageDataset) -> Fitted:
        base = self._fit(run.base, images).folder if run.base and run.needs else None
        weights = find_weights("random") if run.weights else None
        inputs = read_inputs(run, images, weights, self.folder / "cache")
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        before = dict(_digests(inputs, images))
        estimator = self.estimators.get(run.recipe.estimator).load()
        outcome = estimator.fit(Task(run, inputs, folder, base_folder=base, weights=weights))
        after = dict(_digests(inputs, images))
        changed = tuple(name for name in before if before[name] != after[name])
        return Fitted(run, inputs, folder, outcome, changed)


def subject_of(name: str, folder: Path) -> Subject:
    """The approach of this name, or of `module:NAME`.

    Raises:
        BenchError: there is none, or a pattern names several.
    """
    chosen = choose(Request(approaches=(name,)), installed_approaches())
    return Subject(chosen.approaches[0], chosen.known, folder)


def made_images(seed: int = 0) -> ImageDataset:
    """Seven classes of noise around a colour, 12 training and 6 test images each, in any order."""
    random = np.random.RandomState(seed)
    colours = random.randint(40, 216, (CLASSES, 3))
    return dataset_of(*(_made(n, colours, random) for n in (TRAIN_PER_CLASS, TEST_PER_CLASS)))


def dataset_of(train: Labelled, test: Labelled) -> ImageDataset:
    """These images as a data set whose classes are numbered."""
    names = tuple(f"class {number}" for number in range(CLASSES))
    return ImageDataset(
        name="made-up",
        train=train,
        test=test,
        fine_names=names,
        coarse_names=names,
        source="noise around a colour for each class",
        fingerprint=fingerprint(train, test),
        content_digest=content_digest(train, test),
        synthetic=True,
    )


def _made(per_class: int, colours: np.ndarray, random: np.random.RandomState) -> Labelled:
    labels = random.permutation(np.repeat(np.arange(CLASSES), per_class)).astype(np.uint8)
    noise = random.normal(0, 25, (len(labels), 32, 32, 3))
    pixels = np.clip(colours[labels][:, None, None] + noise, 0, 255).astype(np.uint8)
    return Labelled(pixels, labels, labels.copy())


def _digests(inputs: Inputs, images: ImageDataset) -> Iterator[tuple[str, str]]:
    for name in ("train", "validation", "test"):
        labelled = getattr(inputs, name)
        samples = labelled.samples.take(np.arange(len(labelled)))
        yield f"{name} samples", _digest(samples)
        yield f"{name} labels", _digest(labelled.labels)
    yield "test_index", _digest(inputs.test_index)
    yield "images", fingerprint(images.train, images.test)


def _digest(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
