"""This project's own way, down to the function that a benchmark measures."""

import numpy as np

from bench.approaches.recipes import NetworkRecipe
from bench.approaches.registry import get_approach
from bench.inputs.samples import Rows
from bench.training.epochs import EpochRunner, Labelled, epoch_runner
from bench.training.loop import Course, augmentation_of, with_input_pipeline
from models.registry import build_trainable


def recipe_of(approach: str) -> NetworkRecipe:
    """The documented protocol of a network."""
    recipe = get_approach(approach).recipe
    assert isinstance(recipe, NetworkRecipe)
    return recipe


def course_of(approach: str, rows: Rows) -> Course:
    """An approach's pipeline on these rows, compiled as in a run."""
    network = build_trainable(get_approach(approach).model, rows.row_shape, 100)
    recipe = recipe_of(approach)
    return Course(with_input_pipeline(network, recipe, rows, 0), recipe, None, epochs=1, seed=0)


def epochs_of(approach: str, rows: Rows) -> EpochRunner:
    """What trains an approach for an epoch over rows whose labels run through all classes."""
    labels = (np.arange(len(rows)) % 100).astype(np.uint8)
    recipe = recipe_of(approach)
    pipeline = course_of(approach, rows).pipeline
    return epoch_runner(
        pipeline, Labelled(rows, labels), recipe.batch_size, augmentation_of(recipe)
    )
