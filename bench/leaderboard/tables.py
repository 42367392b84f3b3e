"""The leaderboard's tables: columns as data, for every format and every choice of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.analysis.verdicts import Verdict
from bench.leaderboard import numbers
from bench.leaderboard.model import AsideRun, Row, Section
from bench.leaderboard.numbers import Unit
from bench.leaderboard.published import PublishedResult
from bench.leaderboard.text import marked
from bench.pages.escaping import SOFT_HYPHEN
from bench.pages.sections import Cell, Table
from bench.pages.words import NONE, duration, engineering


@dataclass(frozen=True)
class Column:
    """One column of the rows.

    Attributes:
        name: heading.
        cell: of a row; one without a key has nothing to say.
        numeric: whether it holds numbers.
    """

    name: str
    cell: Callable[[Row], Cell]
    numeric: bool = True


def verdict_cell(verdict: Verdict | None) -> Cell:
    """A verdict in its own style."""
    return Cell(verdict.value, verdict.value, mark=verdict.value) if verdict else ABSENT


ABSENT = Cell(NONE, None)
COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("rank", lambda row: Cell(f"{row.rank}{'=' if row.tied else ''}", row.rank)),
        Column("approach", lambda row: Cell(marked(row.title, row), row.title), numeric=False),
        Column("name", lambda row: Cell(marked(row.label, row), row.label), numeric=False),
        Column("documented", lambda row: _documented_accuracy(row)),
        Column("measured", lambda row: _measured(row)),
        Column("SD", lambda row: _optional(row.accuracy.sd, lambda sd: f"{100 * sd:.2f}")),
        Column(
            "test set",
            lambda row: Cell(
                numbers.within(Unit.FRACTION, row.test_interval), row.test_interval.low
            ),
        ),
        Column("verdict", lambda row: verdict_cell(row.verdict), numeric=False),
        Column(
            "resolution",
            lambda row: _optional(
                row.resolution, lambda value: numbers.resolution(Unit.FRACTION, value)
            ),
        ),
        Column(
            "top-5",
            lambda row: Cell(f"{100 * row.top5_accuracy.mean:.2f} %", row.top5_accuracy.mean),
        ),
        Column("parameters", lambda row: _optional(row.parameters, lambda n: f"{n:,.0f}")),
        Column("FLOPs/image", lambda row: _optional(row.flops, engineering)),
        Column(
            "training",
            lambda row: (
                Cell(duration(row.training_seconds.mean), row.training_seconds.mean)
                if row.images_per_second.mean
                else ABSENT
            ),
        ),
        Column(
            "images/s",
            lambda row: (
                Cell(
                    numbers.images_per_second(row.images_per_second.mean),
                    row.images_per_second.mean,
                )
                if row.images_per_second.mean
                else ABSENT
            ),
        ),
        Column(
            "device",
            lambda row: Cell(f"{row.device} ({row.backend})", f"{row.device} {row.backend}"),
            numeric=False,
        ),
        Column("seeds", lambda row: Cell(str(len(row.seeds)), len(row.seeds))),
    )
}
# What a reader comes for, in the first 360 pixels of a phone: units stand in the legend, and long
# headings may break.
_DOCUMENTED, _MEASURED = SOFT_HYPHEN.join(("docu", "ment", "ed")), f"meas{SOFT_HYPHEN}ured"
COMPACT: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("approach", COLUMNS["approach"].cell, numeric=False),
        Column(_DOCUMENTED, lambda row: _documented_accuracy(row, suffix=False)),
        Column(_MEASURED, lambda row: _measured(row, decimals=1, suffix=False)),
        Column("verdict", lambda row: _compact_verdict(row), numeric=False),
        Column("Δ", lambda row: _optional(row.difference, numbers.points)),
        COLUMNS["rank"],
        Column("cost", lambda row: _unbroken(COLUMNS["training"].cell(row))),
        COLUMNS["seeds"],
    )
}
JUDGED = ("approach", _DOCUMENTED, _MEASURED, "verdict", "Δ", "rank", "cost")
UNJUDGED = ("approach", _MEASURED, "rank", "cost", "seeds")


def compact_table(section: Section, caption: str = "", page: str | None = None) -> Table:
    """The rows of a section in the few columns that matter; see `rows_table`."""
    columns = JUDGED if section.judged else UNJUDGED
    return _rows_table(section, [COMPACT[name] for name in columns], caption, page, "")


def rows_table(
    section: Section,
    columns: Sequence[str] = tuple(COLUMNS),
    *,
    caption: str = "",
    page: str | None = None,
    filter_label: str = "",
) -> Table:
    """The rows of a section.

    Args:
        section: its rows are shown in their order.
        columns: names from `COLUMNS`, in the order wanted.
        caption: of the table.
        page: address of the report, to whose parts the approaches lead; empty on that page
            itself, and `None` for no links.
        filter_label: see `Table`.
    """
    return _rows_table(section, [COLUMNS[name] for name in columns], caption, page, filter_label)


def _rows_table(
    section: Section, columns: Sequence[Column], caption: str, page: str | None, filter_label: str
) -> Table:
    names = [column.name for column in columns]
    header = names.index("approach") if "approach" in names else 0
    rows = []
    for row in section.rows:
        cells = [column.cell(row) for column in columns]
        if page is not None and "approach" in names:
            cells[header] = replace(cells[header], href=f"{page}#{row.anchor}")
        rows.append(tuple(cells))
    return Table(
        caption=caption,
        columns=tuple(names),
        rows=tuple(rows),
        numeric=tuple(column.name for column in columns if column.numeric),
        header=header,
        sortable=True,
        filter_label=filter_label,
    )


def told(section: Section) -> tuple[str, ...]:
    """The columns that have something to say of some row of a section."""
    return tuple(
        name
        for name, column in COLUMNS.items()
        if any(column.cell(row).key is not None for row in section.rows)
    )


def aside_table(runs: Sequence[AsideRun]) -> Table:
    """The runs that count no longer, with their scores and reasons."""
    return Table(
        caption="",
        columns=("approach", "data set", "tier", "seed", "started", "test", "outcome", "reason"),
        rows=tuple(
            (
                run.approach,
                run.dataset,
                run.tier,
                Cell(str(run.seed), run.seed),
                run.started[:10],
                Cell(f"{100 * run.accuracy:.2f} %", run.accuracy),
                run.outcome,
                run.reason,
            )
            for run in runs
        ),
        numeric=("seed", "test"),
        sortable=True,
    )


def published_table(
    results: Sequence[PublishedResult], caption: str = "", filter_label: str = ""
) -> Table:
    """What others published, with links to the sources."""
    return Table(
        caption=caption,
        columns=("method", "test accuracy", "extra training data", "source", "title"),
        rows=tuple(
            (
                result.method,
                Cell(f"{100 * result.accuracy:.{result.digits}f} %", result.accuracy),
                result.extra_data or "none",
                Cell(
                    f"{result.citation.short}, {result.citation.where}",
                    result.citation.short,
                    href=result.citation.url,
                ),
                result.citation.title,
            )
            for result in results
        ),
        numeric=("test accuracy",),
        sortable=True,
        filter_label=filter_label,
    )


def _documented_accuracy(row: Row, *, suffix: bool = True) -> Cell:
    value, step = row.documented_accuracy, row.documented_step
    if value is None or step is None:
        return ABSENT
    return Cell(numbers.documented(Unit.FRACTION, value, step, suffix), value)


def _measured(row: Row, *, decimals: int | None = None, suffix: bool = True) -> Cell:
    text = numbers.measured(Unit.FRACTION, row.accuracy, decimals, suffix)
    return Cell(text, row.accuracy.mean)


def _compact_verdict(row: Row) -> Cell:
    """The verdict and, as the legend says in which unit, the bare resolution."""
    seen = NONE if row.resolution is None else f"{100 * row.resolution:.1f}"
    cell = verdict_cell(row.verdict)
    return replace(cell, text=f"{cell.text} ({seen})") if row.verdict else cell


def _unbroken(cell: Cell) -> Cell:
    """The same on one line."""
    return replace(cell, text=cell.text.replace(" ", "\u00a0"))


def _optional(value: float | None, text: Callable[[float], str]) -> Cell:
    return ABSENT if value is None else Cell(text(value), value)
