"""What a training does, declared as data."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from datasets.augmentation.parameters import AffineAugmentation

# Marks a field that was added after runs had been recorded: at its default it stays out of a
# recipe's plain form, so that those runs keep their keys.
LATER = {"added_later": True}


TrunkDtype = Literal["float32", "bfloat16"]
TRUNK_DTYPES: tuple[TrunkDtype, ...] = ("float32", "bfloat16")


@dataclass(frozen=True)
class Split:
    """How the training pictures are divided into training and validation.

    Attributes:
        kind: `tail` is Keras' `validation_split` (the last pictures, unshuffled), `stratified`
            takes the same share of every class.
        fraction: share of the pictures held out for validation.
    """

    kind: Literal["tail", "stratified"]
    fraction: float


@dataclass(frozen=True)
class Optimizer:
    """A Keras optimizer by its name, with the arguments that differ from Keras' defaults."""

    name: Literal["adam", "rmsprop", "sgd"] = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.0


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when the validation loss has not improved for `patience` epochs; keep the best."""

    patience: int


@dataclass(frozen=True)
class FrozenTrunk:
    """A pretrained network that is run once a picture; its output is what a head trains on.

    Attributes:
        image_size: pictures are resized to this many pixels a side.
        resize: interpolation, as `keras.ops.image.resize` names it.
        scaling: `imagenet` is VGG's own `preprocess_input`, `unit` is pixels / 255.
        dtype: in which the trunk computes; features are kept as float16.
    """

    image_size: int
    resize: Literal["nearest", "bilinear", "bicubic"] = "bilinear"
    scaling: Literal["imagenet", "unit", "raw"] = "imagenet"
    dtype: TrunkDtype = "float32"


@dataclass(frozen=True)
class NetworkRecipe:
    """How a network (or a head on a frozen trunk) is trained.

    Attributes:
        scaling: what is done to pixels first; with a trunk, the trunk's scaling holds.
        trunk: of a network that has one; `None` for one trained from scratch.
        trains_trunk: train the trunk with the head, from the pretrained weights on, in place of
            reading its features once.
    """

    split: Split
    optimizer: Optimizer
    batch_size: int
    epochs: int
    scaling: Literal["raw", "unit"] = "unit"
    augmentation: AffineAugmentation | None = None
    early_stopping: EarlyStopping | None = None
    trunk: FrozenTrunk | None = None
    trains_trunk: bool = field(default=False, metadata=LATER)

    @property
    def reads_features(self) -> bool:
        """Whether what is trained reads a frozen trunk's output in place of pictures."""
        return self.trunk is not None and not self.trains_trunk


@dataclass(frozen=True)
class ForestRecipe:
    """How a random forest is grown on the features of an approach's trained network.

    Attributes:
        base: the approach whose network is the feature extractor; its split holds.
        features: `trunk` is the flattened output of the frozen trunk, any other word is the name
            of a layer of the trained head.
        trees: scikit-learn's `n_estimators`.
    """

    base: str
    features: str
    trees: int = 100


Recipe = NetworkRecipe | ForestRecipe


def as_plain(value: Any) -> Any:
    """A recipe (or any tree of dataclasses) as plain JSON values."""
    return json.loads(json.dumps(_as_dict(value)))


def _as_dict(value: Any) -> Any:
    if not dataclasses.is_dataclass(value):
        return value
    return {
        item.name: _as_dict(getattr(value, item.name))
        for item in dataclasses.fields(value)
        if not (item.metadata.get("added_later") and getattr(value, item.name) == item.default)
    }


def with_trunk_dtype(plain: dict[str, Any], dtype: TrunkDtype) -> dict[str, Any]:
    """A plain recipe whose trunk, if there is one, computes in another type."""
    changed = dict(plain)
    for name in ("network", "trunk"):
        if changed.get(name) is not None:
            changed[name] = with_trunk_dtype(changed[name], dtype)
    if "dtype" in changed:
        changed["dtype"] = dtype
    return changed


def digest(value: Any, length: int = 12) -> str:
    """Hash of plain JSON values, independent of the order of keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
