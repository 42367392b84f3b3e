"""The leaderboard as data: what `leaderboard.json` holds, and what every page of it renders.

All numbers are rounded to six decimals, so that two machines whose last bits differ write the
same file. Accuracies and their differences are fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bench.analysis.claim_verdicts import Unit
from bench.analysis.grouping import section_identity
from bench.analysis.statistics import Interval
from bench.analysis.verdicts import Reason, Verdict
from bench.leaderboard.published import PublishedResult
from bench.records.record import RunRecord


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
    expected: Interval | None = Field(
        description="documented accuracies in here agree with the measured ones"
    )
    resolution: float | None = Field(
        description="smallest true difference that would be noticed with 80 % power"
    )
    verdict: Verdict | None
    reason: Reason
    probability: float | None = Field(description="that a new run reaches the documented number")
    top5_accuracy: Measured
    calibration_error: Measured
    parameters: int | None = Field(description="none for a forest")
    flops: int | None = Field(description="of one image")
    training_seconds: Measured
    images_per_second: Measured


class ClaimFact(Part):
    """One thing that was seen of a claim."""

    label: str
    unit: Unit
    measured: Measured


class OtherReading(Part):
    """What a claim's verdict would be under a reading that does not carry it."""

    weights: Literal["last", "best"] = Field(description="after which epoch")
    fitting: bool = Field(description="training scores as running means while fitting")
    verdict: Verdict
    facts: tuple[ClaimFact, ...]


class ClaimRow(Part):
    """One claim of a report, and what became of it."""

    claim_set: str
    name: str
    section: str = Field(description="of the report")
    words: str = Field(description="the report's own")
    checked: str = Field(description="how, in a sentence")
    subject: str = Field(description="approach and quantity of a number; else empty")
    unit: Unit = Field(description="of documented, expected and resolution")
    documented: float | None
    step: float | None = Field(description="the smallest step that the report prints")
    facts: tuple[ClaimFact, ...] = Field(description="the most telling first")
    expected: Interval | None = Field(description="of what agrees with the measured values")
    resolution: float | None = Field(
        description="smallest true difference that would be noticed with 80 % power"
    )
    verdict: Verdict
    reason: Reason
    why: str = Field(description="it can't be checked; else empty")
    seeds_needed: int | None = Field(description="that would narrow the band to the tolerance")
    probability: float | None = Field(description="that a new run reaches the documented number")
    informative: bool = Field(description="whether it could have come out otherwise")
    weights: Literal["last", "best"] = Field(description="of the reading that carries the verdict")
    fitting: bool = Field(description="likewise")
    others: tuple[OtherReading, ...]
    explanation: str = Field(description="of a verdict 'not reproduced'; else empty")


class Joint(Part):
    """Several documented numbers tested together."""

    claim_set: str
    approaches: tuple[str, ...]
    above_all: int = Field(description="documented numbers above every seed")
    below_all: int = Field(description="documented numbers below every seed")
    p_value: float = Field(description="two-sided, for each being a run like the measured ones")


class ClaimsPart(Part):
    """All claims on the approaches of a section."""

    claims: tuple[ClaimRow, ...]
    headline: dict[str, int] = Field(description="informative claims with each verdict")
    not_informative: int = Field(description="claims that could not have come out otherwise")
    joint: tuple[Joint, ...]


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
    code_version: int = Field(ge=1, description="of the code that computed the results")
    protocol: str | None = Field(description="digest of what was decided before the runs")
    judged: bool
    weights: tuple[Weights, ...]
    machines: tuple[str, ...]
    software: tuple[str, ...]
    rows: tuple[Row, ...]
    claims: ClaimsPart | None = Field(description="none where nothing may be judged")
    not_run: tuple[str, ...] = Field(description="registered approaches without a record here")
    notes: tuple[str, ...]


class Leaderboard(Part):
    """Everything that the leaderboard's page says."""

    schema_version: Literal[2] = 2
    sections: tuple[Section, ...]
    published: tuple[PublishedResult, ...]

    def sections_of(self, records: Iterable[RunRecord]) -> tuple[Section, ...]:
        """The sections that hold these records, such as those of a plan that just ended."""
        wanted = {section_identity(record) for record in records}
        return tuple(section for section in self.sections if section.identity in wanted)
