"""Networks, and heads on a frozen backbone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median

import keras
import numpy as np

from bench.estimators.protocol import Outcome, Task, scores_of, test_predictions
from bench.inputs.splits import Inputs
from bench.planning.run_spec import RunSpec
from bench.records.predictions import Predictions
from bench.records.record import ModelPart
from bench.records.store import CHECKPOINT, WEIGHTS
from bench.training.checkpoints import load_weights, save_weights
from bench.training.loop import TrainingState, fit, predict, with_input_pipeline
from models.flops import count_flops
from models.logits import logits_of
from models.registry import build_backbone, build_trainable
from models.vgg19 import attach
from models.vgg19_weights import BackboneWeights, load_backbone_weights


class NetworkEstimator:
    """Trains the run's network, keeps its weights, and scores it on all three splits."""

    def fit(self, task: Task) -> Outcome:
        """Fit a network; a checkpoint in the task's folder is continued and left there.

        The caller removes it once the record is written.
        """
        keras.backend.clear_session()
        network, state = begin(task)
        # Before training, so that nothing that it stumbles over can cost hours.
        size = _size(task.run, network)
        inputs = task.inputs
        fitted = fit(state, inputs.train)
        pipeline = state.pipeline
        best = fitted.best if task.run.network_recipe.early_stopping else None
        if best:
            pipeline.set_weights(best.weights)
        save_weights(network, task.folder / WEIGHTS)
        logits, keep = partial(predict, pipeline), Predictions.from_logits
        seconds = [epoch.seconds for epoch in fitted.history]
        return Outcome(
            model=size,
            history=fitted.history,
            best_epoch=best.epoch if best else None,
            train=scores_of(logits(inputs.train.samples), inputs.train, keep),
            validation=scores_of(logits(inputs.validation.samples), inputs.validation, keep),
            test=test_predictions(logits(inputs.test.samples), inputs, keep),
            training_seconds=sum(seconds),
            images_per_second=len(inputs.train) / median(seconds),
        )


def begin(task: Task) -> tuple[keras.Model, TrainingState]:
    """The task's network and the state of its training, at its start or where it was stopped."""
    run, inputs = task.run, task.inputs
    keras.utils.set_random_seed(run.seed)
    network = _build(run, inputs, task.weights)
    recipe = run.network_recipe
    return network, TrainingState(
        with_input_pipeline(logits_of(network), recipe, inputs.train.samples, run.seed),
        recipe,
        inputs.validation,
        epochs=run.epochs,
        seed=run.seed,
        checkpoint=task.folder / CHECKPOINT,
        on_epoch=task.on_epoch,
        on_continue=task.on_continue,
    )


def load_layer(run: RunSpec, inputs: Inputs, folder: Path, layer: str) -> keras.Model:
    """The trained network of a finished run, up to the output of one of its layers."""
    network = _build(run, inputs, None)
    load_weights(network, folder / WEIGHTS)
    return keras.Model(network.inputs, network.get_layer(layer).output)


def _build(run: RunSpec, inputs: Inputs, weights: BackboneWeights | None) -> keras.Model:
    model, classes = run.model, inputs.num_classes
    if not run.network_recipe.trains_backbone:
        return build_trainable(model, inputs.train.samples.sample_shape, classes)
    backbone = build_backbone(model)
    assert backbone is not None
    backbone.trainable = True
    if weights is not None:
        load_backbone_weights(backbone, weights)
    return attach(backbone, build_trainable(model, backbone.output_shape[1:], classes), model)


def _size(run: RunSpec, network: keras.Model) -> ModelPart:
    backbone = build_backbone(run.model) if run.network_recipe.reads_features else None
    frozen = backbone.count_params() if backbone else 0
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    parameters = network.count_params() + frozen
    return ModelPart(
        parameters=parameters,
        trainable_parameters=trainable,
        non_trainable_parameters=parameters - trainable,
        flops=count_flops(network, *([backbone] if backbone else ())),
    )
