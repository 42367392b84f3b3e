"""A dense layer without its softmax."""

from __future__ import annotations

from typing import Any

import keras


class Logits(keras.layers.Layer):  # type: ignore[misc]
    """What a dense layer computes before its activation, with that layer's own weights.

    It bears the dense layer's name and has no weights beside its, so a model that ends in it has
    the same variables in the same order. Reading them again in each call, it follows whatever the
    dense layer is given.
    """

    def __init__(self, dense: keras.layers.Dense) -> None:
        super().__init__(name=dense.name, dtype=dense.dtype_policy)
        self.dense = dense
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Logits (batch, classes), float32 or wider, from features (batch, features)."""
        values = keras.ops.matmul(inputs, self.dense.kernel)
        if self.dense.use_bias:
            values = keras.ops.add(values, self.dense.bias)
        return keras.ops.cast(values, keras.backend.result_type(values.dtype, "float32"))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """That of the dense layer."""
        return (*input_shape[:-1], self.dense.units)
