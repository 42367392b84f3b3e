"""Made-up evidence for the rules of claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.analysis.evidence import ApproachFacts, Curve
from bench.approaches.claims import READINGS, Claim, Statement

IMAGES = {"train": 40_000, "validation": 10_000, "test": 10_000}


def claim(says: Statement, **fields: Any) -> Claim:
    """A claim that says this."""
    return Claim("made-up", "1", "in its words", says, **fields)


def facts(fitted: bool = False, **values: Sequence[float]) -> ApproachFacts:
    """Facts with these values, one per seed, the same under every reading."""
    return ApproachFacts(
        values={
            (name, reading): tuple(found)  # type: ignore[misc]
            for name, found in values.items()
            for reading in READINGS
        },
        images=IMAGES,
        fitted=fitted,
    )


def with_curves(curves: Sequence[Sequence[float]]) -> ApproachFacts:
    """Facts with these curves of accuracy, in training and validation alike; losses mirror them."""
    return ApproachFacts(
        values={},
        images=IMAGES,
        curves=tuple(
            Curve(tuple(curve), tuple(1 - value for value in curve), tuple(curve))
            for curve in curves
        ),
    )


def around(centre: float, spread: float, seeds: int = 5) -> list[float]:
    """Values with this mean, evenly spread over ±`spread`."""
    return [centre + spread * (2 * i / (seeds - 1) - 1) for i in range(seeds)]
