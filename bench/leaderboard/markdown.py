"""The leaderboard as people and programs read it: `leaderboard.md` and `leaderboard.json`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from bench.analysis.statistics import Interval
from bench.analysis.verdicts import Verdict, kind_of
from bench.approaches.approach import Approach
from bench.approaches.registry import APPROACHES
from bench.leaderboard.build import Comparison, Leaderboard, Measured, Row, Section, assemble, build
from bench.leaderboard.published import PublishedResult
from bench.pages.markdown import plain
from bench.records.store import RunStore
from bench.system.files import write_text_atomically

__all__ = [
    "JSON",
    "MARKDOWN",
    "Leaderboard",
    "assemble",
    "build",
    "comparison_rows",
    "explanations",
    "full_rows",
    "heading",
    "provenance",
    "summary_rows",
    "to_json",
    "to_markdown",
    "write_leaderboard",
]

MARKDOWN = "leaderboard.md"
JSON = "leaderboard.json"
NONE = "—"
UNREGISTERED = "†"
# What of a row fits on a terminal.
_SUMMARY = ("rank", "name", "documented", "measured", "verdict", "training", "device", "seeds")

LEGEND = (
    "**How to read it.** *Measured* is the mean test accuracy ± its 95 % interval over seeds "
    "(Student's t; one seed has none) and *SD* the standard deviation over seeds; *test set* is "
    "the 95 % Wilson interval of that mean, for these images being a sample. *Verdict* says "
    "whether the documented number, itself one draw on so many images and rounded, lies within "
    "the 95 % prediction interval of a new run (reproduced), below it (exceeded) or above it (not "
    "reproduced); only the full tier on the real images has one. *Rank* follows the means; rows "
    "that are not significantly different from the best of their rank (paired test on the same "
    "images, Holm's correction over all pairs) share it, marked «=». "
    "*Training* is the mean time of a run, without reading the frozen backbone's features."
)
UNREGISTERED_LEGEND = (
    f"{UNREGISTERED} not in the registry today, or there with another recipe than this row ran "
    "with."
)
COMPARISONS_LEGEND = (
    "*Reproduced within* is where a documented number would be called reproduced. The differences "
    "are what the report's words on overfitting and a good fit rest on."
)
EMPTY = (
    "There is no run yet. `bench run --tier short` runs every approach on a part of the images "
    "in minutes, `tox -e full` runs the documented protocols in hours; this page follows by itself."
)
_Kind = Literal["accuracy", "loss", "count", "difference"]
# Columns that are read as words and not compared down the page.
_TEXT = frozenset(
    {"approach", "name", "verdict", "device", "quantity", "section", "method", "source"}
    | {"extra training data"}
)
_QUANTITIES = {
    "parameters": "parameters",
    "trainable_parameters": "trainable parameters",
    "non_trainable_parameters": "non-trainable parameters",
    "epochs": "epochs",
    "train_accuracy": "train accuracy, while fitting",
    "train_loss": "train loss, while fitting",
    "validation_accuracy": "validation accuracy",
    "validation_loss": "validation loss",
    "test_accuracy": "test accuracy",
    "train_minus_validation": "train − validation accuracy",
    "test_minus_validation": "test − validation accuracy",
}


def write_leaderboard(store: RunStore, approaches: Sequence[Approach] = APPROACHES) -> Leaderboard:
    """Write `leaderboard.md` and `leaderboard.json` at the store's root, each atomically.

    Raises:
        BenchError: a record or predictions are damaged, or the folder cannot be written to.
    """
    leaderboard = build(store, approaches)
    write_text_atomically(store.root / JSON, to_json(leaderboard))
    write_text_atomically(store.root / MARKDOWN, to_markdown(leaderboard))
    return leaderboard


def to_json(leaderboard: Leaderboard) -> str:
    """The content of `leaderboard.json`."""
    return leaderboard.model_dump_json(indent=1) + "\n"


def to_markdown(leaderboard: Leaderboard) -> str:
    """The content of `leaderboard.md`; the same leaderboard gives the same bytes."""
    blocks = ["# Leaderboard"]
    blocks.append(LEGEND if leaderboard.sections else EMPTY)
    for section in leaderboard.sections:
        blocks += _section(section)
    if leaderboard.published:
        blocks += _published(leaderboard.published)
    return "\n\n".join(blocks) + "\n"


def summary_rows(section: Section) -> list[dict[str, str]]:
    """A section's rows in few columns, as text, for the end of a run on a terminal."""
    return [{name: cells[name] for name in _SUMMARY} for cells in full_rows(section)]


def full_rows(section: Section) -> list[dict[str, str]]:
    """A section's rows as text: column name to cell, in the order of the page."""
    holders = Counter(row.rank for row in section.rows)
    return [_cells(row, holders[row.rank] > 1) for row in section.rows]


def heading(section: Section) -> str:
    """What a section is, in one line."""
    name = "CIFAR-100" if section.dataset == "cifar100" else section.dataset
    kind = " (synthetic images)" if section.synthetic else ""
    backbone = ", random backbone: says nothing about accuracy" if section.random_backbone else ""
    return f"{name}{kind}, {section.tier} tier{backbone}"


def explanations(section: Section) -> list[str]:
    """For each number that is not reproduced, why that may be; one line each."""
    return [
        f"{comparison.label}, {_QUANTITIES[comparison.quantity]}: {comparison.explanation}"
        for comparison in section.comparisons
        if comparison.explanation
    ]


def _section(section: Section) -> list[str]:
    listed = "\n".join(f"- {plain(line)}" for line in provenance(section))
    blocks = [f"## {plain(heading(section))}", listed, _table(full_rows(section))]
    if not all(row.registered for row in section.rows):
        blocks.append(UNREGISTERED_LEGEND)
    if section.not_run:
        blocks.append(f"Not run here: {', '.join(f'`{name}`' for name in section.not_run)}.")
    blocks += [f"Note: {plain(note)}" for note in section.notes]
    if section.comparisons:
        blocks.append("### Every documented number")
        blocks += [COMPARISONS_LEGEND, _table(comparison_rows(section))]
        reasons = explanations(section)
        if reasons:
            blocks.append("Why not reproduced:")
            blocks.append("\n".join(f"- {plain(reason)}" for reason in reasons))
    return blocks


def comparison_rows(section: Section) -> list[dict[str, str]]:
    """Every documented number of a section against the measured one, as text by column name."""
    return [_comparison(comparison) for comparison in section.comparisons]


def provenance(section: Section) -> list[str]:
    """Where a section's numbers come from: images, tier, weights, machines, software."""
    capped = [
        f"{name.replace('_', ' ')} {value}"
        for name, value in section.tier_parameters.items()
        if value is not None
    ]
    lines = [
        f"Images: {'; '.join(section.sources)} (fingerprint `{section.fingerprint[:12]}`), "
        f"{section.test_images:,} for the test"
    ]
    lines.append(f"Tier: {', '.join(capped) if capped else 'nothing capped'}")
    for weights in section.weights:
        sha256 = f" (SHA-256 `{weights.sha256[:12]}`)" if weights.sha256 else ""
        lines.append(f"Backbone: {weights.description}{sha256}")
    lines.append(f"Ran on: {'; '.join(section.machines)}")
    lines.append(f"With: {'; '.join(section.software)}")
    return lines


def _cells(row: Row, shared: bool) -> dict[str, str]:
    documented = NONE
    if row.documented_accuracy is not None and row.documented_step is not None:
        documented = _documented("accuracy", row.documented_accuracy, row.documented_step)
    mark = "" if row.registered else f" {UNREGISTERED}"
    return {
        "rank": f"{row.rank}{'=' if shared else ''}",
        "approach": f"{row.title}{mark}",
        "name": f"{row.label}{mark}",
        "documented": documented,
        "measured": _measured("accuracy", row.accuracy),
        "SD": NONE if row.accuracy.sd is None else f"{100 * row.accuracy.sd:.2f}",
        "test set": _range("accuracy", row.test_interval),
        "verdict": _verdict(row.verdict),
        "top-5": f"{100 * row.top5_accuracy.mean:.2f} %",
        "parameters": NONE if row.parameters is None else f"{row.parameters:,}",
        "FLOPs/image": NONE if row.flops is None else _engineering(row.flops),
        "training": duration(row.training_seconds.mean),
        "images/s": _images(row.images_per_second.mean),
        "device": f"{row.device} ({row.backend})",
        "seeds": str(len(row.seeds)),
    }


def _comparison(comparison: Comparison) -> dict[str, str]:
    kind = _comparison_kind(comparison)
    return {
        "name": comparison.label,
        "quantity": _QUANTITIES[comparison.quantity],
        "documented": _documented(kind, comparison.documented, comparison.step),
        "measured": _measured(kind, comparison.measured),
        "reproduced within": _range(kind, comparison.expected) if comparison.expected else NONE,
        "verdict": _verdict(comparison.verdict),
        "section": comparison.source,
    }


def _comparison_kind(comparison: Comparison) -> _Kind:
    quantity = comparison.quantity
    if quantity == "train_minus_validation" or quantity == "test_minus_validation":
        return "difference"
    kind = kind_of(quantity)
    return "count" if kind == "epochs" else kind


def _published(results: Sequence[PublishedResult]) -> list[str]:
    cells = [
        {
            "method": result.method,
            "test accuracy": f"{100 * result.accuracy:.{result.digits}f} %",
            "extra training data": result.extra_data or "none",
            "source": _citation(result),
        }
        for result in results
    ]
    sources = list(dict.fromkeys(result.citation.long for result in results))
    return [
        "## Published, not run here",
        "What others report for CIFAR-100's test set, as their sources state it; no run of this "
        "project verified it. Extra training data is whatever was trained on besides CIFAR-100.",
        _table(cells),
        "Sources:",
        "\n".join(f"- {source}" for source in sources),
    ]


def _citation(result: PublishedResult) -> str:
    cited = result.citation
    return f"[{cited.short}]({cited.url}), {cited.where}"


def _table(rows: Sequence[dict[str, str]]) -> str:
    # The call behind pandas' `to_markdown`, without the second that importing pandas takes.
    from tabulate import tabulate

    names = list(rows[0])
    text: str = tabulate(
        [[plain(row[name]) for name in names] for row in rows],
        headers=names,
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["left" if name in _TEXT else "right" for name in names],
    )
    return text


def _verdict(verdict: Verdict | None) -> str:
    return verdict.value if verdict else NONE


def _documented(kind: _Kind, value: float, step: float) -> str:
    """A documented number with the digits that were published."""
    decimals = max(0, round(-math.log10(step)))
    if kind in ("accuracy", "difference"):
        return _unit(kind, f"{100 * value:{_sign(kind)}.{max(0, decimals - 2)}f}")
    return f"{value:,.{decimals}f}"


def _measured(kind: _Kind, measured: Measured) -> str:
    if kind == "count":
        low, high = min(measured.values), max(measured.values)
        return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
    scale, decimals = _format(kind)
    text = f"{scale * measured.mean:{_sign(kind)}.{decimals}f}"
    if measured.interval:
        half = scale * (measured.interval.high - measured.interval.low) / 2
        text += f" ± {half:.{decimals}f}"
    return _unit(kind, text)


def _range(kind: _Kind, interval: Interval) -> str:
    if kind == "count":
        same = interval.low == interval.high
        return f"{interval.low:,.0f}" if same else f"{interval.low:,.0f} to {interval.high:,.0f}"
    scale, decimals = _format(kind)
    return _unit(
        kind, f"{scale * interval.low:.{decimals}f} to {scale * interval.high:.{decimals}f}"
    )


def _format(kind: _Kind) -> tuple[float, int]:
    """What a value is multiplied by, and its decimals."""
    return (1, 3) if kind == "loss" else (100, 2)


def _sign(kind: _Kind) -> str:
    return "+" if kind == "difference" else ""


def _unit(kind: _Kind, text: str) -> str:
    return text + {"accuracy": " %", "difference": " points"}.get(kind, "")


def _engineering(number: float) -> str:
    """Three significant digits and a letter: 2,050,000 is «2.05 M»."""
    for letter, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{_three_digits(number / size)} {letter}"
    return f"{number:.0f}"


def _three_digits(number: float) -> str:
    return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2}f}"


def _images(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"


def duration(seconds: float) -> str:
    """A wall-clock time for people: «8.4 s», «12 min», «1 h 05 min»."""
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
