"""Checks of a network itself, and of what it keeps on disk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.checks.subject import CLASSES, Subject
from bench.planning.models import model_entry

_ROUNDING = 1e-3
_TOLERANCE = 1e-4


def _is_network(subject: Subject) -> bool:
    return subject.approach.recipe.estimator == "network"


def model_has_as_many_outputs_as_classes(subject: Subject) -> Iterator[str]:
    """The model of seven classes has seven outputs."""
    if not _is_network(subject):
        return
    from models.registry import build

    shape = build(model_entry(subject.approach.model), CLASSES).output_shape
    if shape != (None, CLASSES):
        yield f"output of shape {shape} for {CLASSES} classes, not {(None, CLASSES)}"


def model_gives_probabilities(subject: Subject) -> Iterator[str]:
    """Every output is 0 to 1, and those of an image sum to 1."""
    if not _is_network(subject):
        return
    from models.registry import build

    entry = model_entry(subject.approach.model)
    model = build(entry, CLASSES)
    size = entry.image_size
    pixels = np.random.RandomState(0).uniform(0, 255, (3, size, size, 3)).astype(np.float32)
    output = np.asarray(model.predict(pixels, verbose=0), np.float64)
    if not np.isfinite(output).all() or output.min() < 0 or output.max() > 1:
        yield f"outputs from {output.min():.3g} to {output.max():.3g}; end in a softmax"
    elif np.abs(output.sum(axis=-1) - 1).max() > _ROUNDING:
        yield f"the outputs of an image sum to {output.sum(axis=-1)[0]:.3g}; end in a softmax"


def layer_table_is_the_documented_one(subject: Subject) -> Iterator[str]:
    """Layers, settings and parameter counts are those that are documented, for 100 classes."""
    from models.conformance import load_table, mismatches
    from models.registry import build

    entry = model_entry(subject.approach.model)
    if entry.table is not None:
        model = build(entry)
        yield from map(str, mismatches(model, load_table(entry)))
        claimed = subject.approach.documented_value("parameters")
        if _is_network(subject) and claimed and claimed.value != model.count_params():
            yield f"{model.count_params():,} parameters, documented are {claimed.value:,.0f}"


def saved_weights_predict_the_same(subject: Subject) -> Iterator[str]:
    """A network that is built again from the weights on disk predicts what was recorded."""
    if not _is_network(subject):
        return
    from bench.estimators.network import load_network
    from bench.records.predictions import Predictions
    from bench.training.loop import predict

    fitted = subject.fitted
    pipeline = load_network(fitted.run, fitted.inputs, fitted.folder)
    test = fitted.inputs.test
    logits = predict(pipeline, test.samples)
    found = Predictions.from_logits(logits, test.labels, fitted.inputs.test_index)
    recorded = fitted.outcome.test
    gap = np.abs(found.label_log_probability - recorded.label_log_probability)
    if float(gap.max()) > _TOLERANCE * (1 + float(np.abs(recorded.label_log_probability).max())):
        yield f"log-probabilities differ by {gap.max():.3g} from those before saving"
