"""Dropout as Keras does it, and sooner done."""

from __future__ import annotations

from typing import Any

import keras


class Dropout(keras.layers.Dropout):  # type: ignore[misc]
    """Keras' dropout, whose masks TensorFlow draws several times as fast on a CPU.

    The masks are the same to the bit, so trainings and their records do not change. Random numbers
    are a third of the time of a small network's training step there, see docs/performance.md.
    Everywhere else, and where the batch size is not known, it is Keras' layer.
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Values (batch, ...) of which a fraction `rate` is 0 in training, the others scaled up."""
        if training and self.rate > 0 and self.noise_shape is None and _can_be_faster(inputs):
            from models.layers.philox import scaled_mask

            return inputs * scaled_mask(tuple(inputs.shape), self.rate, self.seed_generator.next())
        return super().call(inputs, training=training)


def _can_be_faster(inputs: Any) -> bool:
    if keras.backend.backend() != "tensorflow" or None in inputs.shape:
        return False
    if keras.backend.standardize_dtype(inputs.dtype) != "float32":
        return False
    from models.layers.philox import in_a_graph

    devices = keras.distribution.list_devices()
    return in_a_graph() and all(name.lower().startswith("cpu") for name in devices)
