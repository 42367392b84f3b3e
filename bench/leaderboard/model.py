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

    mean: float = Field(description="over the seeds")
    sd: float | None = Field(description="standard deviation over seeds; null for one seed")
    interval: Interval | None = Field(description="95 % interval of the mean over seeds")
    values: tuple[float, ...] = Field(description="one per seed, in the order of the row's seeds")


class Row(Part):
    """One approach as it ran: the same recipe, weights, backend and device; seeds differ."""

    anchor: str = Field(description="of its part in report/index.html")
    rank: int = Field(ge=1, description="by mean accuracy; shared where no difference is proved")
    tied: bool = Field(description="whether another row has the same rank")
    approach: str = Field(description="name in the registry")
    title: str = Field(description="for people, with what sets it apart from a row like it")
    label: str = Field(description="the name, with what sets it apart from a row like it")
    recipe: str = Field(description="digest of the recipe")
    registered: bool = Field(description="whether that is the recipe in the registry today")
    backend: str = Field(description="that computed")
    device: str = Field(description="that it computed on")
    weights_sha256: str | None = Field(description="of the backbone's file; null without one")
    seeds: tuple[int, ...] = Field(description="that were run")
    documented_accuracy: float | None = Field(description="test accuracy that the report gives")
    documented_step: float | None = Field(description="smallest step that the report prints it in")
    accuracy: Measured = Field(description="on the test images")
    difference: float | None = Field(description="mean accuracy minus the documented one")
    test_interval: Interval = Field(description="Wilson interval of the mean accuracy")
    expected: Interval | None = Field(
        description="documented accuracies in here agree with the measured ones"
    )
    resolution: float | None = Field(
        description="smallest true difference that would be noticed with 80 % power"
    )
    verdict: Verdict | None = Field(description="on the documented accuracy; null for none")
    reason: Reason = Field(description="of a verdict that is none of the plain ones")
    probability: float | None = Field(description="that a new run reaches the documented number")
    top5_accuracy: Measured = Field(description="on the test images")
    calibration_error: Measured = Field(description="expected calibration error over 15 bins")
    parameters: int | None = Field(description="trained and frozen; null for a forest")
    flops: int | None = Field(description="of one image; null where they are not known")
    training_seconds: Measured = Field(description="without reading a frozen backbone's features")
    images_per_second: Measured = Field(description="while training")


class ClaimFact(Part):
    """One thing that was seen of a claim."""

    label: str = Field(description="what it is, in a few words")
    unit: Unit = Field(description="of the values")
    measured: Measured = Field(description="one value per seed, or one alone")


class OtherReading(Part):
    """What a claim's verdict would be under a reading that does not carry it."""

    weights: Literal["last", "best"] = Field(description="after which epoch")
    fitting: bool = Field(description="training scores as running means while fitting")
    verdict: Verdict = Field(description="under this reading")
    facts: tuple[ClaimFact, ...] = Field(description="the most telling first")


class ClaimRow(Part):
    """One claim of a report, and what became of it."""

    claim_set: str = Field(description="name of the report's set of claims")
    name: str = Field(description="of the claim in its set")
    section: str = Field(description="of the report")
    words: str = Field(description="the report's own")
    checked: str = Field(description="how, in a sentence")
    subject: str = Field(description="approach and quantity of a number; else empty")
    unit: Unit = Field(description="of documented, expected and resolution")
    documented: float | None = Field(description="value that the claim gives; null for none")
    step: float | None = Field(description="the smallest step that the report prints")
    facts: tuple[ClaimFact, ...] = Field(description="the most telling first")
    expected: Interval | None = Field(description="of what agrees with the measured values")
    resolution: float | None = Field(
        description="smallest true difference that would be noticed with 80 % power"
    )
    verdict: Verdict = Field(description="of the reading that carries it")
    reason: Reason = Field(description="of a verdict that is none of the plain ones")
    why: str = Field(description="it can't be checked; else empty")
    seeds_needed: int | None = Field(description="that would narrow the band to the tolerance")
    probability: float | None = Field(description="that a new run reaches the documented number")
    informative: bool = Field(description="whether it could have come out otherwise")
    weights: Literal["last", "best"] = Field(description="of the reading that carries the verdict")
    fitting: bool = Field(description="likewise")
    others: tuple[OtherReading, ...] = Field(description="that give a finding of their own")
    explanation: str = Field(description="of a verdict 'not reproduced'; else empty")


class Joint(Part):
    """Several documented numbers tested together."""

    claim_set: str = Field(description="name of the report's set of claims")
    approaches: tuple[str, ...] = Field(description="whose documented numbers are tested")
    above_all: int = Field(description="documented numbers above every seed")
    below_all: int = Field(description="documented numbers below every seed")
    p_value: float = Field(description="two-sided, for each being a run like the measured ones")


class ClaimsPart(Part):
    """All claims on the approaches of a section."""

    claims: tuple[ClaimRow, ...] = Field(description="in the order of their sets")
    headline: dict[str, int] = Field(description="informative claims with each verdict")
    not_informative: int = Field(description="claims that could not have come out otherwise")
    joint: tuple[Joint, ...] = Field(description="one per set that has such a test")


class Weights(Part):
    """Where the backbone's weights of a section came from."""

    description: str = Field(description="in words")
    sha256: str | None = Field(description="of the file; null for random weights")


class Machine(Part):
    """What some runs computed on."""

    processor: str = Field(description="its name")
    cores: int = Field(description="that a run could use")


class Software(Part):
    """What some runs computed with."""

    python: str = Field(description="version")
    packages: dict[str, str] = Field(description="versions of the frameworks")
    commit: str | None = Field(description="of this project; null where it was not known")
    dirty: bool | None = Field(description="whether tracked files differed from the commit")


class Section(Part):
    """Runs that may be compared with each other."""

    anchor: str = Field(description="of its part in report/index.html")
    identity: str = Field(description="hash of images, tier and kind of backbone")
    dataset: str = Field(description="name of the data set")
    fingerprint: str = Field(description="sha256 of its pixels and labels in order")
    sources: tuple[str, ...] = Field(description="where the images were read")
    synthetic: bool = Field(description="whether the images are computed, not photographed")
    test_images: int = Field(description="that each run was scored on")
    tier: str = Field(description="its name")
    tier_parameters: dict[str, Any] = Field(description="its caps; null is none")
    random_backbone: bool = Field(description="whether accuracies say nothing, as weights do not")
    code_version: int = Field(ge=1, description="of the code that computed the results")
    protocol: str | None = Field(description="digest of what was decided before the runs")
    judged: bool = Field(description="whether documented numbers may be held against it")
    recorded: tuple[str, str] = Field(description="days of the first and the last run")
    weights: tuple[Weights, ...] = Field(description="of the backbones")
    machines: tuple[Machine, ...] = Field(description="that the runs computed on")
    software: tuple[Software, ...] = Field(description="that the runs computed with")
    rows: tuple[Row, ...] = Field(description="the most accurate first")
    claims: ClaimsPart | None = Field(description="null where nothing may be judged")
    not_run: tuple[str, ...] = Field(description="registered approaches without a record here")
    notes: tuple[str, ...] = Field(description="what must be said beside the rows")


class AsideRun(Part):
    """A run that was measured and counts no longer."""

    dataset: str = Field(description="by name")
    tier: str = Field(description="by name")
    approach: str = Field(description="by name")
    seed: int = Field(description="of the run")
    started: str = Field(description="ISO 8601, UTC")
    accuracy: float = Field(description="on the test images, as a fraction")
    outcome: str = Field(description="`superseded` or `withdrawn`")
    reason: str = Field(description="why it counts no longer")


class Leaderboard(Part):
    """Everything that the leaderboard's page says."""

    schema_version: Literal[2] = Field(default=2, description="of this file")
    sections: tuple[Section, ...] = Field(description="the most telling first")
    published: tuple[PublishedResult, ...] = Field(description="what others report")
    aside: tuple[AsideRun, ...] = Field(default=(), description="what was measured and counts not")

    def sections_of(self, records: Iterable[RunRecord]) -> tuple[Section, ...]:
        """The sections that hold these records, such as those of a plan that just ended."""
        given = tuple(records)
        wanted = {section_identity(record) for record in given}
        # These stand with other runs on their images, whatever those followed.
        supplied = {
            (record.dataset.fingerprint, record.tier.name, record.approach)
            for record in given
            if record.supplied
        }
        return tuple(
            section
            for section in self.sections
            if section.identity in wanted
            or any(
                (section.fingerprint, section.tier, r.approach) in supplied for r in section.rows
            )
        )
