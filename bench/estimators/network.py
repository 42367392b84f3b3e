"""Networks, and heads on a frozen backbone."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import keras
import numpy as np

from bench.estimators.protocol import Outcome, Task, scores_of, test_predictions
from bench.inputs.splits import Inputs
from bench.planning.models import model_entry
from bench.planning.run_spec import RunSpec
from bench.records.metrics import score
from bench.records.predictions import Predictions
from bench.records.record import ModelPart, Reading
from bench.records.store import CHECKPOINT, WEIGHTS
from bench.training.checkpoints import load_weights, save_weights
from bench.training.determinism import prepare
from bench.training.loop import Kept, TrainingState, fit, predict, with_input_pipeline
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
        stopping = task.run.network_recipe.early_stopping
        carrying = "best" if stopping and stopping.restore_best_weights else "last"
        scored = {"last": _score(task, state.pipeline, fitted.last)}
        if fitted.best is not None:
            same = fitted.best.epoch == fitted.last.epoch
            scored["best"] = scored["last"] if same else _score(task, state.pipeline, fitted.best)
        kept = fitted.best if carrying == "best" and fitted.best else fitted.last
        state.pipeline.set_weights(kept.weights)
        save_weights(network, task.folder / WEIGHTS)
        chosen, test = scored[carrying if carrying in scored else "last"]
        assert chosen.train is not None
        assert chosen.validation is not None
        seconds = [epoch.seconds for epoch in fitted.history]
        return Outcome(
            model=size,
            history=fitted.history,
            best_epoch=kept.epoch if kept is fitted.best else None,
            train=chosen.train,
            validation=chosen.validation,
            test=test,
            training_seconds=sum(seconds),
            images_per_second=len(inputs.train) / median(seconds),
            readings={name: reading for name, (reading, _) in scored.items()},
            others={name: other for name, (_, other) in scored.items() if other is not test},
            diverged=fitted.diverged,
        )


def _score(task: Task, pipeline: keras.Model, kept: Kept) -> tuple[Reading, Predictions]:
    """One reading of a training: scores and test predictions of the weights after one epoch."""
    pipeline.set_weights(kept.weights)
    inputs, keep = task.inputs, Predictions.from_logits
    test = test_predictions(predict(pipeline, inputs.test.samples), inputs, keep)
    train, validation = (
        scores_of(predict(pipeline, split.samples), split, keep)
        for split in (inputs.train, inputs.validation)
    )
    reading = Reading(epoch=kept.epoch, train=train, validation=validation, test=score(test))
    return reading, test


def begin(task: Task) -> tuple[keras.Model, TrainingState]:
    """The task's network and the state of its training, at its start or where it was stopped."""
    run, inputs = task.run, task.inputs
    prepare()
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


def load_network(run: RunSpec, inputs: Inputs, folder: Path) -> keras.Model:
    """The trained network of a finished run, from raw samples to logits."""
    network = _build(run, inputs, None)
    load_weights(network, folder / WEIGHTS)
    recipe = run.network_recipe
    return with_input_pipeline(logits_of(network), recipe, inputs.train.samples, run.seed)


def _build(run: RunSpec, inputs: Inputs, weights: BackboneWeights | None) -> keras.Model:
    model, classes = model_entry(run.model), inputs.num_classes
    if not run.network_recipe.trains_backbone:
        return build_trainable(model, inputs.train.samples.sample_shape, classes)
    backbone = build_backbone(model)
    assert backbone is not None
    backbone.trainable = True
    if weights is not None:
        load_backbone_weights(backbone, weights)
    return attach(backbone, build_trainable(model, backbone.output_shape[1:], classes), model.name)


def _size(run: RunSpec, network: keras.Model) -> ModelPart:
    backbone = build_backbone(model_entry(run.model)) if run.network_recipe.reads_features else None
    frozen = backbone.count_params() if backbone else 0
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    parameters = network.count_params() + frozen
    return ModelPart(
        parameters=parameters,
        trainable_parameters=trainable,
        non_trainable_parameters=parameters - trainable,
        flops=count_flops(network, *([backbone] if backbone else ())),
    )
