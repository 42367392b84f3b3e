"""Checks of what an approach gives once it is fitted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.checks.comparing import difference
from bench.checks.offline import no_network
from bench.checks.subject import CLASSES, Subject, dataset_of, made_images
from datasets.image_dataset import ImageDataset, Labelled

# What rounding to float32 may leave above a sum of 1.
_ROUNDING = 1e-3


def can_be_fitted(subject: Subject) -> Iterator[str]:
    """It is fitted to the training images of seven classes without an error."""
    if not subject.fitted.outcome.test.label.size:
        yield "it predicts nothing"


def predicts_every_test_image(subject: Subject) -> Iterator[str]:
    """There is one prediction for each test image, in their order, with its own label."""
    given, test = subject.fitted.inputs, subject.fitted.outcome.test
    if len(test.label) != len(given.test):
        yield f"{len(test.label)} predictions of {len(given.test)} test images"
    elif not np.array_equal(test.index, given.test_index):
        yield "the predictions are in another order than the test images"
    elif not np.array_equal(test.label, given.test.labels):
        yield "the labels beside the predictions are not those of the test images"


def names_only_classes_that_exist(subject: Subject) -> Iterator[str]:
    """No class is predicted that the data does not have."""
    largest = int(subject.fitted.outcome.test.top_class.max())
    if largest >= CLASSES:
        yield f"class {largest} is predicted, of {CLASSES} classes counted from 0"


def gives_probabilities(subject: Subject) -> Iterator[str]:
    """What is kept of each image are probabilities: none above 1, together no more than 1."""
    sums = subject.fitted.outcome.test.top_probability.sum(axis=1)
    if (excess := float(sums.max())) > 1 + _ROUNDING:
        yield f"the probabilities of an image's first classes sum to {excess:.3f}"
    highest = float(subject.fitted.outcome.test.label_log_probability.max())
    if highest > _ROUNDING:
        yield f"a log-probability is {highest:.3f}, above 0"


def gives_the_same_with_the_same_seed(subject: Subject) -> Iterator[str]:
    """Two fits with one seed give the same."""
    if differs := difference(subject.fitted, subject.fit()):
        yield f"two fits with seed 0 differ: {differs}"


def heeds_its_seed(subject: Subject) -> Iterator[str]:
    """Two fits with two seeds differ; with a recipe of `uses_seed = False` they don't."""
    differs = difference(subject.fitted, subject.fit(seed=1))
    uses_seed = getattr(subject.approach.recipe, "uses_seed", True)
    if uses_seed and not differs:
        yield "seeds 0 and 1 give the same; use the seed, or say `uses_seed = False` in the recipe"
    elif differs and not uses_seed:
        yield f"the recipe says that it uses no seed, but seeds 0 and 1 differ: {differs}"


def fits_without_the_test_images(subject: Subject) -> Iterator[str]:
    """With noise and other labels for half of the test images, nothing else changes."""
    images = subject.images
    half = np.arange(1, len(images.test), 2)
    random = np.random.RandomState(1)
    pixels, labels = images.test.images.copy(), images.test.fine.copy()
    pixels[half] = random.randint(0, 256, pixels[half].shape)
    labels[half] = (labels[half] + 1 + random.randint(0, CLASSES - 1, len(half))) % CLASSES
    other = subject.fit(images=_with_test(images, pixels, labels))
    kept = np.arange(0, len(images.test), 2)
    if differs := difference(subject.fitted, other, kept):
        yield f"other test images change what was fitted: {differs}"


def leaves_its_inputs_unchanged(subject: Subject) -> Iterator[str]:
    """Images and labels are the same after the fit as before."""
    for name in subject.fitted.changed:
        yield f"{name} are changed in place; work on a copy"


def keeps_nothing_between_runs(subject: Subject) -> Iterator[str]:
    """Other training images give other predictions, and the first fit comes out the same again."""
    first = subject.fitted
    other = dataset_of(made_images(seed=5).train, subject.images.test)
    between = subject.fit(images=other)
    before, after = (fit.outcome.test.label_log_probability for fit in (first, between))
    if np.array_equal(before, after):
        yield "other training images predict the same: something is kept from the run before"
    if differs := difference(first, subject.fit()):
        yield f"after a run on other images the first one comes out otherwise: {differs}"


def is_finite_on_a_black_image(subject: Subject) -> Iterator[str]:
    """An image without any light is predicted like any other."""
    pixels = subject.images.test.images.copy()
    pixels[0] = 0
    black = _with_test(subject.images, pixels, subject.images.test.fine)
    if not np.isfinite(subject.fit(images=black).outcome.test.top_log_probability).all():
        yield "a log-probability of the black image is not finite"


def works_without_a_network(subject: Subject) -> Iterator[str]:
    """Nothing is looked up or fetched while fitting."""
    with no_network() as asked:
        try:
            subject.fit()
        except Exception:
            if not asked:
                raise
    for address in dict.fromkeys(asked):
        yield f"it asks the network for {address}"


def _with_test(images: ImageDataset, pixels: np.ndarray, labels: np.ndarray) -> ImageDataset:
    return dataset_of(images.train, Labelled(pixels, labels, labels.copy()))
