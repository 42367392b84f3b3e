"""The models by name. Nothing is imported until a model is built, so listing them is instant."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING, Any

from models.errors import ModelError

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class ModelEntry:
    """One model.

    Attributes:
        name: as approaches and documented tables call it.
        factory: `module:function` of the network; of the head, where there is a backbone.
        image_size: pixels a side that the model reads.
        backbone: `module:function` of the frozen backbone that feeds the head, or `None`.
    """

    name: str
    factory: str
    image_size: int = 32
    backbone: str | None = None


ENTRIES: tuple[ModelEntry, ...] = (
    ModelEntry("basic_cnn", "models.basic_cnn:basic_cnn"),
    ModelEntry("improved_cnn", "models.improved_cnn:improved_cnn"),
    ModelEntry("vgg19_linear", "models.vgg19:linear_head", 32, "models.vgg19:vgg19_backbone"),
    ModelEntry("vgg19_96_head", "models.vgg19:dense_head", 96, "models.vgg19:vgg19_backbone"),
)


def list_models(pattern: str = "*") -> tuple[str, ...]:
    """Names that match a shell pattern, in registry order."""
    return tuple(entry.name for entry in ENTRIES if fnmatchcase(entry.name, pattern))


def get_entry(name: str) -> ModelEntry:
    """The entry of this name.

    Raises:
        ModelError: there is none.
    """
    for entry in ENTRIES:
        if entry.name == name:
            return entry
    raise ModelError(f"unknown model {name!r}; known: {', '.join(list_models())}")


def build_backbone(name: str) -> keras.Model | None:
    """The frozen backbone of a model, with random weights; `None` for a model without one."""
    entry = get_entry(name)
    return _resolve(entry.backbone)(entry.image_size) if entry.backbone else None


def build_trainable(name: str, input_shape: tuple[int, ...], num_classes: int) -> keras.Model:
    """The part that is trained: the whole network, or the head on features of `input_shape`."""
    model: keras.Model = _resolve(get_entry(name).factory)(input_shape, num_classes)
    return model


def build(name: str, num_classes: int = 100) -> keras.Model:
    """The whole model, from pixels (batch, size, size, 3) to probabilities (batch, classes).

    Raises:
        ModelError: no such model.
    """
    entry = get_entry(name)
    backbone = build_backbone(name)
    if backbone is None:
        return build_trainable(name, (entry.image_size, entry.image_size, 3), num_classes)
    from models.vgg19 import attach

    return attach(backbone, build_trainable(name, backbone.output_shape[1:], num_classes), name)


def _resolve(path: str) -> Any:
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)
