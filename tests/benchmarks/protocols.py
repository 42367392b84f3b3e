"""This project's own way, down to the function that a benchmark measures."""

import numpy as np

from bench.approaches.recipes import NetworkRecipe
from bench.approaches.registry import get_approach
from bench.inputs.samples import Samples
from bench.training.epochs import EpochRunner, Labelled, epoch_runner
from bench.training.loop import TrainingState, augmentation_of, with_input_pipeline
from models.logits import logits_of
from models.registry import build_trainable


def recipe_of(approach: str) -> NetworkRecipe:
    """The documented protocol of a network."""
    recipe = get_approach(approach).recipe
    assert isinstance(recipe, NetworkRecipe)
    return recipe


def course_of(approach: str, samples: Samples) -> TrainingState:
    """An approach's pipeline on these samples, compiled as in a run."""
    network = build_trainable(get_approach(approach).model, samples.sample_shape, 100)
    recipe = recipe_of(approach)
    return TrainingState(
        with_input_pipeline(logits_of(network), recipe, samples, 0), recipe, None, epochs=1, seed=0
    )


def epochs_of(approach: str, samples: Samples) -> EpochRunner:
    """What trains an approach for an epoch over samples whose labels run through all classes."""
    labels = (np.arange(len(samples)) % 100).astype(np.uint8)
    recipe = recipe_of(approach)
    pipeline = course_of(approach, samples).pipeline
    return epoch_runner(
        pipeline, Labelled(samples, labels), recipe.batch_size, augmentation_of(recipe)
    )
