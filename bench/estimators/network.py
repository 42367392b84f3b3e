"""Runs whose model is a network, or a head on a frozen backbone."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import keras
import numpy as np

from bench.estimators.outcome import Outcome, scores_of, test_predictions
from bench.inputs.splits import Inputs
from bench.planning.runs import Run
from bench.progress import events
from bench.records.record import ModelPart
from bench.records.store import CHECKPOINT, WEIGHTS
from bench.training.checkpoints import load_weights, save_weights
from bench.training.loop import TrainingState, fit, predict, with_input_pipeline
from models.flops import count_flops
from models.registry import build_backbone, build_trainable
from models.vgg19 import attach
from models.vgg19_weights import load_backbone_weights


def run_network(run: Run, inputs: Inputs) -> Outcome:
    """Train the run's network, keep its weights, and score it on all three splits.

    A checkpoint in the run's folder is continued; it is left there for the caller to remove once
    the record is written.
    """
    keras.backend.clear_session()
    network, state = begin(run, inputs)
    fitted = fit(state, inputs.train)
    pipeline = state.pipeline
    save_weights(network, run.folder / WEIGHTS)
    seconds = [epoch.seconds for epoch in fitted.history]
    return Outcome(
        model=_size(run, network),
        history=fitted.history,
        best_epoch=fitted.best_epoch,
        train=scores_of(predict(pipeline, inputs.train.samples), inputs.train),
        validation=scores_of(predict(pipeline, inputs.validation.samples), inputs.validation),
        test=test_predictions(predict(pipeline, inputs.test.samples), inputs),
        training_seconds=sum(seconds),
        images_per_second=len(inputs.train) / median(seconds),
    )


def begin(run: Run, inputs: Inputs) -> tuple[keras.Model, TrainingState]:
    """The run's network, and the state of its training, at its start or where it was stopped."""
    keras.utils.set_random_seed(run.seed)
    network = _build(run, inputs)
    return network, TrainingState(
        with_input_pipeline(network, run.network_recipe, inputs.train.samples, run.seed),
        run.network_recipe,
        inputs.validation,
        epochs=run.epochs,
        seed=run.seed,
        checkpoint=_ready(run.folder) / CHECKPOINT,
        on_epoch=lambda epoch, result: run.context.listener(
            events.EpochFinished(run.approach.name, run.seed, epoch, run.epochs, result)
        ),
        on_continue=lambda history: run.context.listener(
            events.RunContinued(run.approach.name, run.seed, history)
        ),
    )


def load_layer(run: Run, inputs: Inputs, layer: str) -> keras.Model:
    """The trained network of a finished run, up to the output of one of its layers."""
    network = _build(run, inputs)
    load_weights(network, run.folder / WEIGHTS)
    return keras.Model(network.inputs, network.get_layer(layer).output)


def _build(run: Run, inputs: Inputs) -> keras.Model:
    model, classes = run.approach.model, run.context.dataset.num_classes
    if not run.network_recipe.trains_backbone:
        return build_trainable(model, inputs.train.samples.sample_shape, classes)
    backbone = build_backbone(model)
    assert backbone is not None
    assert run.context.weights is not None
    backbone.trainable = True
    load_backbone_weights(backbone, run.context.weights)
    return attach(backbone, build_trainable(model, backbone.output_shape[1:], classes), model)


def _size(run: Run, network: keras.Model) -> ModelPart:
    backbone = build_backbone(run.approach.model) if run.network_recipe.reads_features else None
    frozen = backbone.count_params() if backbone else 0
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    parameters = network.count_params() + frozen
    return ModelPart(
        parameters=parameters,
        trainable_parameters=trainable,
        non_trainable_parameters=parameters - trainable,
        flops=count_flops(network, *([backbone] if backbone else ())),
    )


def _ready(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
