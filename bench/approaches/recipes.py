"""What a training does, declared as data."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from bench.errors import BenchError
from datasets.augmentation.parameters import AffineAugmentation

# Marks a field that was added after runs had been recorded: at its default it stays out of a
# recipe's plain form, so that those runs keep their keys.
LATER = {"added_later": True}


BackboneDtype = Literal["float32", "bfloat16"]
BACKBONE_DTYPES: tuple[BackboneDtype, ...] = ("float32", "bfloat16")


@dataclass(frozen=True)
class Split:
    """How the training images are divided into training and validation.

    Attributes:
        kind: `tail` is Keras' `validation_split` (the last images, unshuffled).
        fraction: of the images held out for validation.
    """

    kind: Literal["tail"]
    fraction: float


@dataclass(frozen=True)
class Optimizer:
    """A Keras optimizer by its name, with the arguments that differ from Keras' defaults."""

    name: Literal["adam", "rmsprop", "sgd"] = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.learning_rate < math.inf:
            raise BenchError(f"learning rate {self.learning_rate}; give a number above 0")


@dataclass(frozen=True)
class EarlyStopping:
    """Keras' callback of that name on the validation loss, with Keras' defaults.

    Attributes:
        patience: epochs without improvement after which training stops.
        restore_best_weights: whether the weights of the best epoch are kept, and not the last.
    """

    patience: int = 0
    restore_best_weights: bool = field(default=False, metadata=LATER)

    def __post_init__(self) -> None:
        if self.patience < 0:
            raise BenchError(f"patience {self.patience}; give 0 or more")


@dataclass(frozen=True)
class FrozenBackbone:
    """A pretrained network that is run once an image; its output is what a head trains on.

    Attributes:
        image_size: images are resized to this many pixels a side.
        resize: interpolation, as `keras.ops.image.resize` names it.
        scaling: `imagenet` is VGG's own `preprocess_input`, `unit` is pixels / 255.
        dtype: in which the backbone computes; features are kept as float16.
    """

    image_size: int
    resize: Literal["nearest", "bilinear", "bicubic"] = "bilinear"
    scaling: Literal["imagenet", "unit", "raw"] = "imagenet"
    dtype: BackboneDtype = "float32"


@dataclass(frozen=True)
class NetworkRecipe:
    """How a network (or a head on a frozen backbone) is trained.

    Attributes:
        scaling: what is done to pixels first; with a backbone, the backbone's scaling holds.
        backbone: of a network that has one; `None` for one trained from scratch.
        trains_backbone: train the backbone with the head, from the pretrained weights on, instead
            of reading its features once.
    """

    split: Split
    optimizer: Optimizer
    batch_size: int
    epochs: int
    scaling: Literal["raw", "unit"] = "unit"
    augmentation: AffineAugmentation | None = None
    early_stopping: EarlyStopping | None = None
    backbone: FrozenBackbone | None = None
    trains_backbone: bool = field(default=False, metadata=LATER)

    estimator: ClassVar[str] = "network"
    base: ClassVar[str | None] = None
    needs_trained_base: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise BenchError(f"batch size {self.batch_size}; give 1 or more")
        if self.epochs < 1:
            raise BenchError(f"{self.epochs} epochs; give 1 or more")

    @property
    def reads_features(self) -> bool:
        """Whether what is trained reads a frozen backbone's output instead of images."""
        return self.backbone is not None and not self.trains_backbone

    @property
    def one_core(self) -> bool:
        """Whether a run has the most of one core: steps of a small network are too short to share.

        It is trained by one thread on every machine, so that its bits do not depend on cores.
        """
        return self.backbone is None

    def epochs_under(self, cap: int | None) -> int:
        """The most epochs that are trained where a tier caps them at `cap`."""
        return min(self.epochs, cap or self.epochs)

    def with_backbone_dtype(self, dtype: BackboneDtype) -> NetworkRecipe:
        """The same recipe with a frozen backbone that computes in another type."""
        if self.backbone is None:
            return self
        return dataclasses.replace(self, backbone=dataclasses.replace(self.backbone, dtype=dtype))


@dataclass(frozen=True)
class ForestRecipe:
    """How a random forest is fitted on the features of an approach's trained network.

    Attributes:
        base: the approach whose network is the feature extractor; its split holds.
        features: `backbone` is the flattened output of the frozen backbone, any other word is the
            name of a layer of the trained head.
        trees: scikit-learn's `n_estimators`.
    """

    base: str
    features: str
    trees: int = 100

    estimator: ClassVar[str] = "forest"
    backbone: ClassVar[FrozenBackbone | None] = None
    reads_features: ClassVar[bool] = False
    one_core: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.trees < 1:
            raise BenchError(f"{self.trees} trees; give 1 or more")

    @property
    def needs_trained_base(self) -> bool:
        """Whether the features are those of a layer that must be trained first."""
        return self.features != "backbone"

    def epochs_under(self, cap: int | None) -> int:
        """A forest is not trained by epochs: 0."""
        return 0

    def with_backbone_dtype(self, dtype: BackboneDtype) -> ForestRecipe:
        """The recipe itself: the backbone is its base's."""
        return self


class Recipe(Protocol):
    """What planning asks of any recipe, a frozen dataclass of plain values.

    Attributes:
        estimator: name of what carries it out, in the registry of estimators.
        base: the approach whose network it reads, and whose split holds; `None` for none.
        needs_trained_base: whether that network must have been trained.
        backbone: of a network that has one.
        reads_features: whether the backbone's output is read instead of images.
        one_core: whether a run has the most of one core to itself.
    """

    @property
    def estimator(self) -> str: ...  # noqa: D102
    @property
    def base(self) -> str | None: ...  # noqa: D102
    @property
    def needs_trained_base(self) -> bool: ...  # noqa: D102
    @property
    def backbone(self) -> FrozenBackbone | None: ...  # noqa: D102
    @property
    def reads_features(self) -> bool: ...  # noqa: D102
    @property
    def one_core(self) -> bool: ...  # noqa: D102

    def epochs_under(self, cap: int | None) -> int:
        """The most epochs under a tier's cap."""

    def with_backbone_dtype(self, dtype: BackboneDtype) -> Recipe:
        """The same recipe with a backbone that computes in another type."""


def replaced(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with some of its fields changed."""
    changed: Recipe = dataclasses.replace(recipe, **changes)  # type: ignore[type-var]
    return changed


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


def with_backbone_dtype(plain: dict[str, Any], dtype: BackboneDtype) -> dict[str, Any]:
    """A plain recipe whose backbone, if there is one, computes in another type."""
    changed = dict(plain)
    for name in ("network", "backbone"):
        if changed.get(name) is not None:
            changed[name] = with_backbone_dtype(changed[name], dtype)
    if "dtype" in changed:
        changed["dtype"] = dtype
    return changed


def digest(value: Any, length: int = 12) -> str:
    """Hash of plain JSON values, independent of the order of keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
