"""The run record: everything that one run determined, measured and found, as validated JSON.

Every page, table and figure of the project is a pure function of records and their predictions.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bench.records.metrics import Fraction, Scores


class _Part(BaseModel):
    # Training may diverge: a loss that is not a number stays one on disk.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class DatasetPart(_Part):
    """Which images, to the bit."""

    name: str
    source: str = Field(description="where they were read and in which order, in words")
    fingerprint: str = Field(description="sha256 of pixels and labels in order")
    content_digest: str = Field(description="the same, whatever the order of the images")
    train_images: int = Field(
        ge=0, description="images trained on, after the split; 0 where nobody here knows"
    )
    validation_images: int = Field(ge=0)
    test_images: int = Field(gt=0)


class TierPart(_Part):
    """How much of the data and of the recipe was used."""

    name: str
    parameters: dict[str, Any]


class WeightsPart(_Part):
    """Where a pretrained backbone's weights came from."""

    kind: Literal["imagenet", "unknown", "random"]
    description: str
    sha256: str | None = Field(description="of the file; none for random weights")


class ModelPart(_Part):
    """The size of the model, in parameters and in work an image."""

    parameters: int | None = Field(ge=0, description="none for what has no parameters: a forest")
    trainable_parameters: int | None = Field(ge=0)
    non_trainable_parameters: int | None = Field(ge=0)
    flops: int | None = Field(
        ge=0, description="2 x multiply-adds of convolutions and dense layers for one image"
    )


class EpochPart(_Part):
    """One epoch: running means over the training batches, then validation."""

    loss: float
    accuracy: Fraction
    validation_loss: float | None
    validation_accuracy: Fraction | None
    seconds: float = Field(ge=0, description="wall-clock time of the training steps")
    shared_by: int = Field(
        default=1, ge=1, description="runs trained side by side; `seconds` is this one's share"
    )


class TimingsPart(_Part):
    """Wall-clock seconds."""

    total: float = Field(ge=0, description="the whole run")
    features: float = Field(ge=0, description="frozen-backbone features; near 0 when cached")
    training: float = Field(ge=0, description="the sum over epochs, or the forest's fit")
    training_images_per_second: float = Field(ge=0, description="median over epochs")


class EnvironmentPart(_Part):
    """Where the run took place."""

    python: str
    platform: str
    processor: str
    cores: int
    device: str = Field(description="what the backend computed on")
    backend: str
    versions: dict[str, str]
    commit: str | None = Field(description="of the code, at the run's start")
    dirty: bool | None = Field(
        description="whether tracked files differed from the commit, at the run's start"
    )
    threads: int | None = Field(
        default=None, ge=1, description="that one operation may use; none where it was not kept"
    )


class Reading(_Part):
    """Scores of one set of weights of a run; a training has several that could be reported."""

    epoch: int | None = Field(default=None, ge=1, description="1-based; none for a forest")
    train: Scores | None = None
    validation: Scores | None = None
    test: Scores | None = None
    predictions_sha256: str = Field(
        default="", description="of predictions-<name>.npz, where these are not predictions.npz"
    )


class RunRecord(_Part):
    """One run of one approach: a data set, a tier and a seed."""

    schema_version: Literal[3] = 3
    code_version: int = Field(
        ge=1, description="raised when the same key would no longer give the same result"
    )
    key: str = Field(description="hash of everything that determines the run")
    approach: str
    seed: int = Field(ge=0)
    recipe: dict[str, Any] = Field(description="see `bench.approaches.registry.plain_recipe`")
    tier: TierPart
    dataset: DatasetPart
    weights: WeightsPart | None = Field(description="none for a model trained from scratch")
    model: ModelPart
    history: tuple[EpochPart, ...]
    best_epoch: int | None = Field(description="1-based; the weights kept by early stopping")
    diverged: int | None = Field(
        default=None,
        ge=2,
        description="1-based; the epoch that gave no numbers, before which the training ended",
    )
    train: Scores | None = Field(description="none where only predictions were supplied")
    validation: Scores | None
    test: Scores
    per_class_accuracy: tuple[float | None, ...]
    timings: TimingsPart
    peak_memory_bytes: int = Field(ge=0, description="the process's largest resident size")
    environment: EnvironmentPart
    started: str = Field(description="ISO 8601, UTC")
    finished: str | None = Field(default=None, description="likewise; none where it was not kept")
    attempts: int = Field(default=1, ge=1, description="starts that it took, interruptions and all")
    protocol: str | None = Field(
        default=None, description="digest of the protocol that was committed before the run"
    )
    allow_dirty: bool = Field(default=False, description="uncommitted changes were let pass")
    readings: dict[str, Reading] = Field(
        default_factory=dict, description="by name: `last` and `best` epoch, where both are known"
    )
    predictions_sha256: str = Field(
        default="", description="of predictions.npz beside the record, set when both are stored"
    )

    @field_validator("recipe")
    @classmethod
    def _has_the_shape_of_a_recipe(cls, recipe: dict[str, Any]) -> dict[str, Any]:
        """Refuse what pages and checks could not read; the rest is the estimator's own matter."""
        network = recipe.get("network", recipe)
        if not isinstance(network, dict):
            raise ValueError("network is no object")
        backbone = network.get("backbone")
        if backbone is not None and not (
            isinstance(backbone, dict) and isinstance(backbone.get("dtype"), str)
        ):
            raise ValueError("backbone is no object with a dtype")
        return recipe

    @model_validator(mode="after")
    def _best_epoch_is_one_of_them(self) -> RunRecord:
        if self.best_epoch is not None and not 1 <= self.best_epoch <= len(self.history):
            raise ValueError(f"best_epoch {self.best_epoch} of {len(self.history)}")
        return self

    @property
    def kept_epoch(self) -> EpochPart | None:
        """The epoch whose weights were kept; `None` for a forest."""
        if not self.history:
            return None
        return self.history[(self.best_epoch or len(self.history)) - 1]

    @property
    def supplied(self) -> bool:
        """Whether only predictions were supplied, of what nothing else is known here."""
        return bool(self.recipe.get("supplied"))

    @property
    def verdict_refusal(self) -> str | None:
        """Why this run can carry no verdict, whatever it measured; `None` where it can."""
        if self.supplied:
            return "its predictions were supplied; nobody here saw how they were made"
        if self.environment.dirty:
            return "it ran from uncommitted changes, which nobody else can run again"
        return None
