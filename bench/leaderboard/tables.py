"""The leaderboard's tables: columns as data, for every format and every choice of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.analysis.verdicts import Verdict
from bench.leaderboard import numbers, text
from bench.leaderboard.model import ClaimFact, ClaimRow, OtherReading, Row, Section
from bench.leaderboard.numbers import UNITS, Unit
from bench.leaderboard.published import PublishedResult
from bench.leaderboard.text import marked
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
            lambda row: Cell(duration(row.training_seconds.mean), row.training_seconds.mean),
        ),
        Column(
            "images/s",
            lambda row: Cell(
                numbers.images_per_second(row.images_per_second.mean), row.images_per_second.mean
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
CLAIMED = (
    *("claim", "documented", "measured", "other readings", "resolution", "verdict"),
    *("informative", "section"),
)


def rows_table(
    section: Section,
    columns: Sequence[str] = tuple(COLUMNS),
    *,
    caption: str = "",
    titles: Sequence[str] = (),
    links: Sequence[str] = (),
    filter_label: str = "",
) -> Table:
    """The rows of a section.

    Args:
        section: its rows are shown in their order.
        columns: names from `COLUMNS`, in the order wanted.
        caption: of the table.
        titles: for the column "approach", one per row; the rows' own titles unless given.
        links: where that column's cells lead, one per row; nowhere unless given.
        filter_label: see `Table`.
    """
    cells = []
    for number, row in enumerate(section.rows):
        of_row = {name: COLUMNS[name].cell(row) for name in columns}
        if "approach" in of_row:
            title = titles[number] if titles else row.title
            href = links[number] if links else ""
            of_row["approach"] = Cell(marked(title, row), title, href=href)
        cells.append(tuple(of_row.values()))
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(cells),
        numeric=tuple(name for name in columns if COLUMNS[name].numeric),
        header=columns.index("approach") if "approach" in columns else 0,
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


def claims_table(section: Section, caption: str = "", filter_label: str = "") -> Table | None:
    """Every claim against what was measured; `None` where nothing may be judged."""
    if section.claims is None or not section.claims.claims:
        return None
    return Table(
        caption=caption,
        columns=CLAIMED,
        rows=tuple(_claim(number, claim) for number, claim in enumerate(section.claims.claims)),
        numeric=("documented", "measured", "resolution"),
        sortable=True,
        filter_label=filter_label,
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


def _claim(number: int, claim: ClaimRow) -> tuple[Cell | str, ...]:
    unit = UNITS[claim.unit]
    # Unlike quantities stand side by side: to sort by their numbers means nothing, so those
    # columns bring back the order of the claims.
    return (
        claim.subject or f'{claim.name}: "{claim.words}"',
        Cell(_said(claim), number),
        Cell(_seen(claim.facts), number),
        Cell("; ".join(map(_other, claim.others)) or NONE, number),
        Cell(
            NONE if claim.resolution is None else numbers.resolution(unit, claim.resolution),
            number,
        ),
        verdict_cell(claim.verdict),
        "yes" if claim.informative else "no",
        claim.section,
    )


def _said(claim: ClaimRow) -> str:
    if claim.documented is None:
        return NONE
    return numbers.documented(UNITS[claim.unit], claim.documented, claim.step or 0.01)


def _seen(facts: Sequence[ClaimFact]) -> str:
    """The most telling fact."""
    return numbers.measured(UNITS[facts[0].unit], facts[0].measured) if facts else NONE


def _other(other: OtherReading) -> str:
    return f"{text.reading(other.weights, other.fitting)}: {_seen(other.facts)} ({other.verdict})"


def _documented_accuracy(row: Row) -> Cell:
    if row.documented_accuracy is None or row.documented_step is None:
        return ABSENT
    text = numbers.documented(Unit.FRACTION, row.documented_accuracy, row.documented_step)
    return Cell(text, row.documented_accuracy)


def _measured(row: Row) -> Cell:
    return Cell(numbers.measured(Unit.FRACTION, row.accuracy), row.accuracy.mean)


def _optional(value: float | None, text: Callable[[float], str]) -> Cell:
    return ABSENT if value is None else Cell(text(value), value)
