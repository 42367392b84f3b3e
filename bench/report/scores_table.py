"""What one approach scored on each part of the data."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis.statistics import mean, mean_interval
from bench.pages.sections import Table
from bench.records.metrics import Scores
from bench.report.groups import Group

_PARTS = ("train", "validation", "test")
_QUANTITIES = ("accuracy", "top5_accuracy", "loss", "calibration_error")


def table(group: Group) -> Table:
    """Training, validation and test split with every score, mean ± 95 % interval over seeds."""
    rows = []
    for part in _PARTS:
        scores = [getattr(record, part) for record in group.records]
        present: list[Scores] = [score for score in scores if score is not None]
        if len(present) == len(scores):
            cells = [
                _cell(name, [getattr(score, name) for score in present]) for name in _QUANTITIES
            ]
            rows.append((part, f"{present[0].images:,}", *cells))
    return Table(
        caption="Scores of the trained models on each part, mean ± 95 % interval over seeds "
        f"(Student's t; one seed has none). {group.provenance}",
        columns=("part", "images", "accuracy", "top-5", "loss, nats", "calibration error"),
        rows=tuple(rows),
        numeric=("images", "accuracy", "top-5", "loss, nats", "calibration error"),
    )


def _cell(name: str, values: Sequence[float]) -> str:
    scale, decimals, unit = (1, 3, "") if name == "loss" else (100, 2, " %")
    text = f"{scale * mean(values):.{decimals}f}"
    interval = mean_interval(values)
    if interval:
        text += f" ± {scale * (interval.high - interval.low) / 2:.{decimals}f}"
    return text + unit
