"""The leaderboard's rows for spreadsheets and data frames: one line per row of every section."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from bench.leaderboard.model import Leaderboard, Row, Section
from bench.pages.escaping import spreadsheet

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Field:
    """One column.

    Attributes:
        name: in the first line.
        meaning: for the schema's page; accuracies are fractions.
        value: of a row in its section; `None` is an empty cell.
    """

    name: str
    meaning: str
    value: Callable[[Section, Row], Value]


FIELDS: tuple[Field, ...] = (
    Field("dataset", "name of the data set", lambda s, r: s.dataset),
    Field("fingerprint", "sha256 of its pixels and labels in order", lambda s, r: s.fingerprint),
    Field("synthetic", "whether the images are computed", lambda s, r: s.synthetic),
    Field("tier", "its name", lambda s, r: s.tier),
    Field("random_backbone", "whether accuracies say nothing", lambda s, r: s.random_backbone),
    Field("rank", "in its section", lambda s, r: r.rank),
    Field("tied", "whether another row has the same rank", lambda s, r: r.tied),
    Field("approach", "name in the registry", lambda s, r: r.approach),
    Field("label", "the name, with what sets the row apart", lambda s, r: r.label),
    Field("title", "for people", lambda s, r: r.title),
    Field("recipe", "digest of the recipe", lambda s, r: r.recipe),
    Field("registered", "whether that is the registry's today", lambda s, r: r.registered),
    Field("backend", "that computed", lambda s, r: r.backend),
    Field("device", "that it computed on", lambda s, r: r.device),
    Field("weights_sha256", "of the backbone's file", lambda s, r: r.weights_sha256),
    Field("seeds", "that were run, apart by spaces", lambda s, r: " ".join(map(str, r.seeds))),
    Field("documented", "test accuracy that the report gives", lambda s, r: r.documented_accuracy),
    Field("measured", "test accuracy, mean over seeds", lambda s, r: r.accuracy.mean),
    Field("sd", "standard deviation over seeds", lambda s, r: r.accuracy.sd),
    Field("low", "of the mean's 95 % interval over seeds", lambda s, r: _end(r, 0)),
    Field("high", "of the mean's 95 % interval over seeds", lambda s, r: _end(r, 1)),
    Field("difference", "measured minus documented", lambda s, r: r.difference),
    Field("test_low", "of the mean's 95 % Wilson interval", lambda s, r: r.test_interval.low),
    Field("test_high", "of the mean's 95 % Wilson interval", lambda s, r: r.test_interval.high),
    Field("verdict", "on the documented accuracy", lambda s, r: r.verdict),
    Field(
        "resolution",
        "smallest true difference that would have been noticed with 80 % power",
        lambda s, r: r.resolution,
    ),
    Field("top5", "top-5 accuracy, mean over seeds", lambda s, r: r.top5_accuracy.mean),
    Field(
        "calibration_error",
        "expected calibration error, mean over seeds",
        lambda s, r: r.calibration_error.mean,
    ),
    Field("parameters", "trained and frozen", lambda s, r: r.parameters),
    Field("flops", "of one image", lambda s, r: r.flops),
    Field("training_seconds", "mean over seeds", lambda s, r: r.training_seconds.mean),
    Field("images_per_second", "while training", lambda s, r: r.images_per_second.mean),
    Field("first_day", "of the section's runs", lambda s, r: s.recorded[0]),
    Field("last_day", "of the section's runs", lambda s, r: s.recorded[1]),
)


def to_csv(leaderboard: Leaderboard) -> str:
    """The content of `leaderboard.csv`; the same leaderboard gives the same bytes."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow([field.name for field in FIELDS])
    for section in leaderboard.sections:
        for row in section.rows:
            lines.writerow([_cell(field.value(section, row)) for field in FIELDS])
    return written.getvalue()


def _cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return spreadsheet(value) if isinstance(value, str) else value


def _end(row: Row, end: int) -> float | None:
    return row.accuracy.interval[end] if row.accuracy.interval else None
