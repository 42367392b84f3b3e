"""Our training, an epoch a call: alone on all cores, or two trainings side by side."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

    from bench.training.epochs import Augment, EpochRunner, Labelled


def pipeline(
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    batch_size: int,
    *,
    augmented: bool = False,
    seed: int = 0,
) -> tuple[keras.Model, Labelled, Augment | None]:
    """An approach's network, compiled as a run does, its samples, and what moves them before it."""
    from bench.approaches.registry import get_approach
    from bench.inputs.samples import ArraySamples, Labelled
    from bench.training.loop import TrainingState, augmentation_of, with_input_pipeline
    from datasets.augmentation.parameters import AffineAugmentation
    from models.logits import logits_of
    from models.registry import build_trainable

    approach = get_approach(name)
    recipe = dataclasses.replace(
        approach.recipe,
        batch_size=batch_size,
        augmentation=AffineAugmentation() if augmented else None,
    )
    train = Labelled(ArraySamples(images), labels)
    network = build_trainable(approach.model, images.shape[1:], 100)
    whole = with_input_pipeline(logits_of(network), recipe, train.samples, seed)
    TrainingState(whole, recipe, None, epochs=1, seed=0)  # Compiles it.
    return whole, train, augmentation_of(recipe)


def runner(
    name: str, images: np.ndarray, labels: np.ndarray, batch_size: int, **options
) -> EpochRunner:
    """What trains an epoch on uint8 images as they are; options as of `pipeline`."""
    from bench.training.epochs import epoch_runner

    whole, train, augment = pipeline(name, images, labels, batch_size, **options)
    return epoch_runner(whole, train, batch_size, augment)


def epochs(
    name: str, images: np.ndarray, labels: np.ndarray, batch_size: int, **options
) -> Callable[[], float]:
    """A function that trains an epoch in a new order, gives its mean loss; see `pipeline`."""
    run = runner(name, images, labels, batch_size, **options)
    draws = np.random.default_rng(options.get("seed", 0))

    def epoch() -> float:
        order = draws.permutation(len(labels))
        return run(order, (0, int(order[0])))[0]

    return epoch


@contextmanager
def side_by_side(*arguments) -> Iterator[Callable[[], None]]:
    """A function that has each of two processes, one per core, train one epoch at once."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        ends = []
        for core in cores:
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(core, theirs, arguments), daemon=True)
            process.start()
            stack.callback(process.join)
            stack.callback(ours.send, False)
            ends.append(ours)

        def epoch() -> None:
            for end in ends:
                end.send(True)
            for end in ends:
                assert np.isfinite(end.recv())

        yield epoch


def _serve(core: int, commands: Connection, arguments: tuple) -> None:
    os.sched_setaffinity(0, {core})
    epoch = epochs(*arguments)
    while commands.recv():
        commands.send(epoch())
