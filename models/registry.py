"""The models by name. Nothing is imported until a model is built, so listing them is instant."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING, Any

from models.errors import ModelError, reason_of

if TYPE_CHECKING:
    import keras

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


@dataclass(frozen=True)
class ModelEntry:
    """One model; what a plug-in's entry point offers.

    Attributes:
        name: as approaches and documented tables call it.
        factory: `module:function` of the network, called with the input shape (height, width, 3)
            and the number of classes; of the head, called with the features' shape, where there
            is a backbone.
        image_size: pixels a side that the model reads.
        backbone: `module:function` of the frozen backbone that feeds the head, called with the
            image size; `None` for a model without one.
        table: the documented layer table: a file inside a package, `package:path/in/it.toml`, or
            the path of a file; `None` where none is documented. See `models.conformance`.

    Raises:
        ModelError: a factory is not like `module:function`, or the size not positive.
    """

    name: str
    factory: str
    image_size: int = 32
    backbone: str | None = None
    table: str | None = None

    def __post_init__(self) -> None:
        for path in (self.factory, self.backbone or self.factory):
            if not _PATH.fullmatch(path):
                raise ModelError(f"model {self.name!r}: {path!r} is not like module:function")
        if self.image_size < 1:
            raise ModelError(f"model {self.name!r}: image_size is {self.image_size}, not positive")


_VGG19 = "models.vgg19:vgg19_backbone"

ENTRIES: tuple[ModelEntry, ...] = (
    ModelEntry("basic_cnn", "models.basic_cnn:basic_cnn", table="models:documented/basic_cnn.toml"),
    ModelEntry(
        "improved_cnn",
        "models.improved_cnn:improved_cnn",
        table="models:documented/improved_cnn.toml",
    ),
    ModelEntry(
        "vgg19_linear",
        "models.vgg19:linear_head",
        backbone=_VGG19,
        table="models:documented/vgg19_linear.toml",
    ),
    ModelEntry(
        "vgg19_96_head",
        "models.vgg19:dense_head",
        image_size=96,
        backbone=_VGG19,
        table="models:documented/vgg19_96_head.toml",
    ),
)


def list_models(pattern: str = "*") -> tuple[str, ...]:
    """Names that match a shell pattern, in registry order."""
    return tuple(entry.name for entry in ENTRIES if fnmatchcase(entry.name, pattern))


def get_entry(model: str | ModelEntry) -> ModelEntry:
    """The entry of a model.

    Args:
        model: an entry, which is returned as it is; the name of one of `ENTRIES`; or
            `module:name` of an entry or of a network's factory anywhere.

    Raises:
        ModelError: there is none.
    """
    if isinstance(model, ModelEntry):
        return model
    for entry in ENTRIES:
        if entry.name == model:
            return entry
    if not _PATH.fullmatch(model):
        raise ModelError(
            f"unknown model {model!r}; known: {', '.join(list_models())}, or module:factory"
        )
    found = _import(model)
    if isinstance(found, ModelEntry):
        return found
    if not callable(found):
        raise ModelError(f"{model!r} is neither a ModelEntry nor the factory of a network")
    return ModelEntry(model, model)


def build_backbone(model: str | ModelEntry) -> keras.Model | None:
    """The frozen backbone of a model, with random weights; `None` for a model without one.

    Raises:
        ModelError: no such model, or its backbone cannot be built.
    """
    entry = get_entry(model)
    return _call(entry, entry.backbone, entry.image_size) if entry.backbone else None


def build_trainable(
    model: str | ModelEntry, input_shape: tuple[int, ...], num_classes: int
) -> keras.Model:
    """The part that is trained: the whole network, or the head on features of `input_shape`.

    Its output is what is documented, class probabilities (batch, num_classes); see
    `models.logits.logits_of` for what is trained and scored.

    Raises:
        ModelError: no such model, or it cannot be built.
    """
    entry = get_entry(model)
    return _call(entry, entry.factory, input_shape, num_classes)


def build(model: str | ModelEntry, num_classes: int = 100) -> keras.Model:
    """The whole model, from pixels (batch, size, size, 3) to probabilities (batch, classes).

    Raises:
        ModelError: no such model, or it cannot be built.
    """
    entry = get_entry(model)
    backbone = build_backbone(entry)
    if backbone is None:
        return build_trainable(entry, (entry.image_size, entry.image_size, 3), num_classes)
    from models.vgg19 import attach

    head = build_trainable(entry, backbone.output_shape[1:], num_classes)
    return attach(backbone, head, entry.name)


def _call(entry: ModelEntry, path: str, *arguments: Any) -> keras.Model:
    import keras

    factory: Callable[..., Any] = _import(path)
    try:
        model = factory(*arguments)
    except Exception as error:
        raise ModelError(f"model {entry.name!r} cannot be built: {reason_of(error)}") from error
    if not isinstance(model, keras.Model):
        raise ModelError(
            f"model {entry.name!r}: {path!r} gives {type(model).__name__}, not a keras.Model"
        )
    return model


def _import(path: str) -> Any:
    module, _, attribute = path.partition(":")
    try:
        return getattr(import_module(module), attribute)
    # A foreign module may raise anything, and may even end the process.
    except (Exception, SystemExit) as error:
        raise ModelError(f"{path!r} cannot be imported: {reason_of(error)}") from error
