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
    from bench.epochs import StepByStep


def runner(
    name: str,
    pictures: np.ndarray,
    labels: np.ndarray,
    batch_size: int,
    *,
    augmented: bool = False,
    seed: int = 0,
) -> StepByStep:
    """What trains an epoch of an approach's network, on uint8 pictures as they are."""
    from bench.approaches import get_approach
    from bench.epochs import Labelled, epoch_runner
    from bench.rows import ArrayRows
    from bench.training import Course, augmentation_of, with_input_pipeline
    from datasets.augmentation import AffineAugmentation
    from models.registry import build_trainable

    approach = get_approach(name)
    recipe = dataclasses.replace(
        approach.recipe,
        batch_size=batch_size,
        augmentation=AffineAugmentation() if augmented else None,
    )
    train = Labelled(ArrayRows(pictures), labels)
    network = build_trainable(approach.model, pictures.shape[1:], 100)
    pipeline = with_input_pipeline(network, recipe, train.rows, seed)
    Course(pipeline, recipe, None, epochs=1, seed=0)  # Compiles it.
    return epoch_runner(pipeline, train, batch_size, augmentation_of(recipe))


def epochs(*arguments, **options) -> Callable[[], float]:
    """A function that trains one epoch in a new order and gives its mean loss; see `runner`."""
    run = runner(*arguments, **options)
    draws = np.random.default_rng(options.get("seed", 0))

    def epoch() -> float:
        order = draws.permutation(len(run.train))
        return run(order, (0, int(order[0])))[0]

    return epoch


@contextmanager
def side_by_side(*arguments) -> Iterator[Callable[[], None]]:
    """A function that has each of two processes, a core each, train one epoch at once."""
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
