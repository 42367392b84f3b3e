"""What a report claims, as data: what it says, in which words, and how that is checked.

Nothing here knows a particular report. A set of claims is an instance of `ClaimSet`; what is said
is one of the statements below, each of which has a rule in `bench.analysis`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from datasets.registry import PREFERRED

Quantity = Literal[
    "test_accuracy",
    "train_accuracy",
    "train_loss",
    "validation_accuracy",
    "validation_loss",
    "parameters",
    "trainable_parameters",
    "non_trainable_parameters",
    "epochs",
]

# By which rule a choice was made that a report leaves open, in the order of precedence; "fitted"
# is none of them: the choice was made by looking at a documented number.
Basis = Literal["report", "keras-default", "validation", "fitted"]


@dataclass(frozen=True)
class Decision:
    """A choice that the report leaves open.

    Attributes:
        text: what was chosen, and why.
        basis: `report` by its own words, `keras-default` by the defaults of Keras at its time,
            `validation` by validation accuracy on seeds that are not judged, `fitted` by a
            documented number, which the recipe then can't be tested by.
    """

    text: str
    basis: Basis


@dataclass(frozen=True)
class Documented:
    """One published number.

    Attributes:
        quantity: what was measured; accuracies are fractions.
        value: as published.
        step: the smallest step that the publication prints, 0.001 for "38.7 %".
        source: section of the report.
        explanation: why it may not be reproduced, in a sentence; shown only where it is not.
        tolerance: how far it may be off before that matters, in the unit of the value; `None`
            takes that of its kind (`bench.analysis.verdicts.TOLERANCES`).
        informative: whether a run could have given another value; not so of parameter counts
            and of epochs that the recipe sets.
    """

    quantity: Quantity
    value: float
    step: float
    source: str
    explanation: str = ""
    tolerance: float | None = None
    informative: bool = True


@dataclass(frozen=True)
class Reading:
    """Which of a training's weights and scores are meant.

    Attributes:
        weights: after the `last` epoch, as Keras' `EarlyStopping` leaves them unless told
            otherwise, or after the `best`, the one with the lowest validation loss.
        fitting: whether training scores are running means while fitting, with dropout, as Keras'
            `history` has them, instead of scores of the finished weights.
    """

    weights: Literal["last", "best"] = "last"
    fitting: bool = True


READINGS: tuple[Reading, ...] = (
    Reading("last", fitting=True),
    Reading("last", fitting=False),
    Reading("best", fitting=True),
    Reading("best", fitting=False),
)


@dataclass(frozen=True)
class Term:
    """One quantity of one approach, or of an ablation's variant by its name.

    A variant at another tier is named "tier/approach".
    """

    approach: str
    quantity: Quantity = "test_accuracy"


@dataclass(frozen=True)
class Number:
    """A quantity of an approach has this value."""

    approach: str
    documented: Documented


@dataclass(frozen=True)
class Gap:
    """Two accuracies of one training differ by this much, `above` minus `below`."""

    approach: str
    above: Quantity
    below: Quantity
    value: float
    step: float


@dataclass(frozen=True)
class Difference:
    """Two approaches differ by this much, `above` minus `below`."""

    above: Term
    below: Term
    value: float
    step: float


@dataclass(frozen=True)
class Order:
    """One approach is better than another."""

    better: Term
    worse: Term


@dataclass(frozen=True)
class Overfits:
    """Training accuracy lies above validation accuracy, by more than `by`."""

    approach: str
    by: float = 0.05


@dataclass(frozen=True)
class GoodFit:
    """Training and validation accuracy are alike, within `within` either way."""

    approach: str
    within: float = 0.05


@dataclass(frozen=True)
class GapShrinks:
    """Training and validation accuracy lie closer together than another approach's."""

    approach: str
    than: str


@dataclass(frozen=True)
class Stabilises:
    """Over the second half of the epochs, validation accuracy stays around a level."""

    approach: str
    level: float
    within: float = 0.05


@dataclass(frozen=True)
class ImprovesEachEpoch:
    """Training accuracy rises, or training loss falls, from each epoch to the next."""

    approach: str
    quantity: Literal["train_accuracy", "train_loss"] = "train_accuracy"


@dataclass(frozen=True)
class StopsEarly:
    """Early stopping ends the training before so many epochs."""

    approach: str
    of: int


@dataclass(frozen=True)
class OnlyDiagonal:
    """In no class another class is named more often than the right one."""

    approach: str


@dataclass(frozen=True)
class NoAlternatives:
    """No wrong class is named for `fraction` or more of the images of a class."""

    approach: str
    fraction: float = 0.1


@dataclass(frozen=True)
class Confused:
    """Within each of these groups, classes are confused more often than with any other class."""

    approach: str
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class DatasetCounts:
    """The data set has so many classes, with exactly so many images each, of this shape."""

    classes: int
    train_per_class: int
    test_per_class: int
    image_shape: tuple[int, int, int]


@dataclass(frozen=True)
class TopOfTable:
    """The first `top` published results are above `above`; most of them use extra training data.

    Attributes:
        top: how many.
        above: accuracy, as a fraction.
        uncommon_from: the place from which on extra data is not common.
    """

    top: int
    above: float
    uncommon_from: int


@dataclass(frozen=True)
class NotCheckable:
    """No measurement could decide it.

    Attributes:
        why: in a sentence.
    """

    why: str


Statement = (
    Number
    | Gap
    | Difference
    | Order
    | Overfits
    | GoodFit
    | GapShrinks
    | Stabilises
    | ImprovesEachEpoch
    | StopsEarly
    | OnlyDiagonal
    | NoAlternatives
    | Confused
    | DatasetCounts
    | TopOfTable
    | NotCheckable
)


@dataclass(frozen=True)
class Claim:
    """One claim of a report.

    Attributes:
        name: unique within its set, in lower case with hyphens.
        section: of the report.
        words: the report's own, shortened at most.
        says: what that is, as data.
        checked: how it is checked, in a sentence.
        tolerance: how far off may count as agreement, in the unit of the value; `None` takes that
            of the kind of value.
        informative: whether a run could have given another answer.
        reading: which carries the verdict.
        explanation: why it may not be reproduced, in a sentence; shown only where it is not.
    """

    name: str
    section: str
    words: str
    says: Statement
    checked: str = ""
    tolerance: float | None = None
    informative: bool = True
    reading: Reading = field(default=Reading())
    explanation: str = ""


@dataclass(frozen=True)
class ClaimSet:
    """All claims of one report, and the approaches that it speaks of.

    Attributes:
        name: unique, in lower case with hyphens.
        title: for people, in a few words.
        citation: a clause that follows "Documented is what", such as "a thesis of 2020 says".
        claims: in the order of the report.
        approaches: names, in the order of the report.
        joint: documented numbers, each of a training of its own, that are also tested together.
        aliases: names of variants in claims, to the approach whose registered recipe is the same
            as theirs: its runs are the variant's.
        dataset: name of the data set whose test images its numbers speak of.
        described: what it says of the data, by the quantities of the exploration's table of sizes.
    """

    name: str
    title: str
    citation: str
    claims: tuple[Claim, ...]
    approaches: tuple[str, ...]
    joint: tuple[Term, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    dataset: str = PREFERRED
    described: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        names = [claim.name for claim in self.claims]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"claims {self.name}: {', '.join(twice)} more than once")

    def documented_of(self, approach: str) -> tuple[Documented, ...]:
        """The published numbers of an approach, in the order of the claims."""
        return tuple(
            claim.says.documented
            for claim in self.claims
            if isinstance(claim.says, Number) and claim.says.approach == approach
        )
