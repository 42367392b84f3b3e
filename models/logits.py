"""Logits of a classifier whose documented output is a softmax.

A float32 softmax underflows: of logits that differ by more than about 100 it leaves zeros, so that
the order of the classes, the loss and its gradient are lost (a head on VGG-19 features has logits
in the thousands). Training and scoring read the logits; the documented model stays as it is.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from models.errors import ModelError
from models.layers.logits import Logits


def logits_of(model: keras.Model) -> keras.Model:
    """A model of the same layers and weights whose output is what the softmax is taken of.

    Args:
        model: ends in a dense layer with a softmax, or in a `Softmax` or `Activation` layer over
            the last axis; where its last layer is a model, that one does.

    Returns:
        A model of the same input and output shape. Its variables are the given model's, in the
        same order, so training either trains both and their weights are interchangeable. It is
        the given model's name with `_logits`; its last layer keeps the name of the dense layer.

    Raises:
        ModelError: the model does not end in a softmax, or has no layer that could.
    """
    if len(getattr(model, "outputs", None) or ()) != 1:
        raise ModelError(
            f"model {model.name!r} has no single output to take logits of; build it as "
            "keras.Sequential or with the functional API, with one output"
        )
    return keras.Model(model.inputs, _before_softmax(model), name=f"{model.name}_logits")


def _before_softmax(model: keras.Model) -> Any:
    (output,) = model.outputs
    # Which call of which layer made the output: a head's layers are called a second time where it
    # is put on a backbone.
    layer, call, _ = output._keras_history
    inputs = layer._inbound_nodes[call].input_tensors
    if isinstance(layer, keras.Model):
        return logits_of(layer)(*inputs)
    if isinstance(layer, layers.Softmax) and layer.axis in (-1, len(output.shape) - 1):
        return inputs[0]
    if _is_softmax(layer):
        # A subclass may compute something else than the product that is rebuilt here.
        if type(layer) is layers.Dense:
            return Logits(layer)(*inputs)
        if type(layer) is layers.Activation:
            return inputs[0]
    activation = getattr(layer, "activation", None)
    ends_in = f"{type(layer).__name__} {layer.name!r}" + (
        f" with {getattr(activation, '__name__', activation)}" if activation else ""
    )
    raise ModelError(
        f"model {model.name!r} should end in a Dense layer with softmax, or in a Softmax layer, "
        f"ends in {ends_in}"
    )


def _is_softmax(layer: keras.Layer) -> bool:
    return getattr(layer, "activation", None) is keras.activations.softmax
