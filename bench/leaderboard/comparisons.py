"""Every documented number of an approach, and the gaps between them, against a row of runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.analysis.statistics import Interval
from bench.analysis.verdicts import (
    Judgement,
    Verdict,
    images_measured,
    judge,
    judge_gap,
    measured_value,
)
from bench.approaches.approach import Approach, Documented, Quantity
from bench.leaderboard.measured import DIGITS, measured, rounded
from bench.leaderboard.model import Comparison, Difference
from bench.records.record import RunRecord

# The gaps that the report draws its conclusions from: what validation accuracy is taken from.
_GAPS: tuple[tuple[Quantity, Difference], ...] = (
    ("train_accuracy", "train_minus_validation"),
    ("test_accuracy", "test_minus_validation"),
)


def comparisons(
    records: Sequence[RunRecord], label: str, approach: Approach
) -> Iterator[Comparison]:
    """The documented numbers in the registry's order, then the gaps.

    A quantity that some record lacks is left out.

    Args:
        records: of one row; such that may be judged.
        label: the row's name.
        approach: its entry in the registry.
    """
    for documented in approach.documented:
        values = values_of(documented.quantity, records)
        if values:
            images = images_measured(documented.quantity, records[0])
            judgement = judge(documented, values, images)
            yield Comparison(
                approach=approach.name,
                label=label,
                quantity=documented.quantity,
                documented=documented.value,
                step=documented.step,
                measured=measured(values),
                expected=_expected(judgement),
                verdict=judgement.verdict,
                source=documented.source,
                explanation=_explained(judgement, documented.explanation),
            )
    yield from _gaps(records, label, approach)


def values_of(quantity: Quantity, records: Sequence[RunRecord]) -> list[float]:
    """One value a record, or none at all where a record lacks the quantity."""
    values = [measured_value(quantity, record) for record in records]
    present = [value for value in values if value is not None]
    return present if len(present) == len(values) else []


def _gaps(records: Sequence[RunRecord], label: str, approach: Approach) -> Iterator[Comparison]:
    subtrahend = approach.documented_value("validation_accuracy")
    below = values_of("validation_accuracy", records)
    for quantity, name in _GAPS:
        minuend = approach.documented_value(quantity)
        above = values_of(quantity, records)
        if minuend is None or subtrahend is None or not below or not above:
            continue
        gaps = [a - b for a, b in zip(above, below, strict=True)]
        images = (
            images_measured(quantity, records[0]),
            images_measured("validation_accuracy", records[0]),
        )
        judgement = judge_gap(minuend, subtrahend, gaps, images)
        yield Comparison(
            approach=approach.name,
            label=label,
            quantity=name,
            documented=round(minuend.value - subtrahend.value, DIGITS),
            step=_coarser(minuend, subtrahend),
            measured=measured(gaps),
            expected=_expected(judgement),
            verdict=judgement.verdict,
            source=minuend.source,
            explanation=_explained(judgement, approach.gap_explanation),
        )


def _expected(judgement: Judgement) -> Interval | None:
    return rounded(judgement.expected) if judgement.expected else None


def _explained(judgement: Judgement, explanation: str) -> str:
    return explanation if judgement.verdict == Verdict.NOT_REPRODUCED else ""


def _coarser(one: Documented, other: Documented) -> float:
    return max(one.step, other.step)
