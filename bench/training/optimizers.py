"""The optimizer that a recipe names."""

from __future__ import annotations

import keras

from bench.approaches.recipes import Optimizer
from bench.system.devices import has_accelerator


def build_optimizer(optimizer: Optimizer) -> keras.optimizers.Optimizer:
    """Keras' optimizer of this name; Adam under TensorFlow on a CPU in its fused form."""
    fused = optimizer.name == "adam" and keras.backend.backend() == "tensorflow"
    if fused and not has_accelerator():
        from bench.training.fused_adam import FusedAdam

        return FusedAdam(optimizer.learning_rate)
    options: dict[str, float] = {"learning_rate": optimizer.learning_rate}
    if optimizer.momentum:
        options["momentum"] = optimizer.momentum
    return keras.optimizers.get({"class_name": optimizer.name, "config": options})
