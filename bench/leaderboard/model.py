"""The leaderboard as data: what `leaderboard.json` holds, and what every page of it renders.

All numbers are rounded to six decimals, so that two machines whose last bits differ write the
same file. Accuracies and their differences are fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bench.analysis.grouping import section_identity
from bench.analysis.statistics import Interval
from bench.analysis.verdicts import Verdict
from bench.approaches.approach import Quantity
from bench.leaderboard.published import PublishedResult
from bench.records.record import RunRecord

Difference = Literal["train_minus_validation", "test_minus_validation"]


class Part(BaseModel):
    """What all parts of the leaderboard share: nothing can be changed or is left unsaid."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(Part):
    """One quantity over the seeds of a row."""

    mean: float
    sd: float | None = Field(description="standard deviation over seeds; none for one seed")
    interval: Interval | None = Field(description="95 % interval of the mean over seeds")
    values: tuple[float, ...] = Field(description="one per seed, in the order of the row's seeds")


class Row(Part):
    """One approach as it ran: the same recipe, weights, backend and device; seeds differ."""

    rank: int = Field(ge=1)
    tied: bool = Field(description="whether another row has the same rank")
    approach: str
    title: str
    label: str = Field(description="the approach, with what sets it apart from a row like it")
    recipe: str = Field(description="digest of the recipe")
    registered: bool = Field(description="whether that is the recipe in the registry today")
    backend: str
    device: str
    weights_sha256: str | None
    seeds: tuple[int, ...]
    documented_accuracy: float | None
    documented_step: float | None
    accuracy: Measured
    test_interval: Interval = Field(description="Wilson interval of the mean accuracy")
    verdict: Verdict | None
    top5_accuracy: Measured
    calibration_error: Measured
    parameters: int | None = Field(description="none for a forest")
    flops: int | None = Field(description="of one image")
    training_seconds: Measured
    images_per_second: Measured


class Comparison(Part):
    """One documented number, or a difference of two, against what was measured."""

    approach: str
    label: str
    quantity: Quantity | Difference
    documented: float
    step: float
    measured: Measured
    expected: Interval | None = Field(
        description="documented values in here are called reproduced; none without a verdict"
    )
    verdict: Verdict | None
    source: str = Field(description="section of the report")
    explanation: str = Field(description="of a verdict 'not reproduced'; else empty")


class Weights(Part):
    """Where the backbone's weights of a section came from."""

    description: str
    sha256: str | None


class Section(Part):
    """Runs that may be compared with each other."""

    identity: str = Field(description="hash of images, tier and kind of backbone")
    dataset: str
    fingerprint: str
    sources: tuple[str, ...]
    synthetic: bool
    test_images: int
    tier: str
    tier_parameters: dict[str, Any]
    random_backbone: bool
    judged: bool
    weights: tuple[Weights, ...]
    machines: tuple[str, ...]
    software: tuple[str, ...]
    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]
    not_run: tuple[str, ...] = Field(description="registered approaches without a record here")
    notes: tuple[str, ...]


class Leaderboard(Part):
    """Everything that the leaderboard's page says."""

    schema_version: Literal[1] = 1
    sections: tuple[Section, ...]
    published: tuple[PublishedResult, ...]

    def sections_of(self, records: Iterable[RunRecord]) -> tuple[Section, ...]:
        """The sections that hold these records, such as those of a plan that just ended."""
        wanted = {section_identity(record) for record in records}
        return tuple(section for section in self.sections if section.identity in wanted)
