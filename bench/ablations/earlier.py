"""The approaches as they were when the ablations were run: what their variants differ from.

The recipes of the protocol were decided again afterwards, by rules that look at no documented
number (docs/method.md). What was measured stays what it was measured with.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bench.approaches.approach import Approach
from bench.approaches.recipes import EarlyStopping, Optimizer, replaced
from bench.approaches.registry import APPROACHES
from bench.registry import Registry

_THEN: dict[str, dict[str, Any]] = {
    "improved_cnn_augmented": {"epochs": 40},
    "vgg19_linear": {"optimizer": Optimizer("sgd", learning_rate=0.01)},
    "vgg19_96_head": {"batch_size": 128, "early_stopping": EarlyStopping(3)},
}

EARLIER: Registry[Approach] = Registry(
    "approach",
    tuple(
        replace(approach, recipe=replaced(approach.recipe, **_THEN.get(approach.name, {})))
        for approach in APPROACHES
    ),
)
