"""One self-contained HTML page: no script, style, image or font comes from elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bench.analysis.verdicts import Verdict
from bench.pages.figures import Figure
from bench.pages.sections import Section, Table
from bench.report.content import DataTable, PageSection, slug

_TEMPLATE = "page.html.j2"
_NUMBER = re.compile(r"[<+−-]?\s?\d[\d,]*(\.\d+)?\b(?!x)")
_EMPTY = ("—", "", "never confused", "not tested")
# Wider than this, a drawing is too small to read on a phone and scrolls in its own frame instead.
_PHONE_INCHES = 5.0
_VERDICTS = {verdict.value for verdict in Verdict}


@dataclass(frozen=True)
class Page:
    """A report before it is written in HTML.

    Attributes:
        title: the page's only first-level heading.
        lead: what it is, and what was found, in plain paragraphs.
        facts: terms and what holds for them.
        sections: everything else.
        footer: what wrote it.
    """

    title: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: str = "Written by `bench report` from run records; the same records give the same page."


@dataclass(frozen=True)
class Cell:
    """One cell as the template writes it.

    Attributes:
        text: content.
        number: whether it belongs to a column of numbers.
        header: whether it names its row.
        key: what it is sorted by; `None` where the table cannot be sorted.
        href: where it leads, if anywhere.
        verdict: kind of the verdict that it states, if any.
    """

    text: str
    number: bool
    header: bool
    key: str | None
    href: str | None
    verdict: str | None


def render(page: Page, drawing: Callable[[Figure], str]) -> str:
    """The page as HTML; the same page gives the same bytes.

    Args:
        page: its content.
        drawing: gives a figure's `<svg>` element; whatever else comes in is escaped.

    Raises:
        ValueError: two parts have the same anchor.
    """
    anchors = Counter(_anchors(page.sections))
    repeated = sorted(anchor for anchor, times in anchors.items() if times > 1)
    if repeated:
        raise ValueError(f"parts of the page share the anchors {', '.join(repeated)}")
    environment = Environment(
        loader=PackageLoader("bench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cells": _cells, "numeric": _numeric, "slug": slug, "prose": _prose}
    environment.tests |= {
        "data_table": lambda table: isinstance(table, DataTable),
        "page_section": lambda section: isinstance(section, PageSection),
        "wide": lambda figure: figure.size[0] > _PHONE_INCHES,
    }
    return (
        environment.get_template(_TEMPLATE)
        .render(
            page=page,
            drawing=lambda figure: Markup(drawing(figure)),
            style=Markup(_asset("style.css")),
            script=Markup(_asset("script.js")),
        )
        .lstrip()
    )


def figures_of(sections: Iterable[Section]) -> Iterator[Figure]:
    """Every figure in these sections and below, those for files too."""
    for section in sections:
        yield from section.figures
        if isinstance(section, PageSection):
            yield from section.files
        yield from figures_of(section.sections)


def _anchors(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        yield section.anchor
        yield from (figure.name for figure in section.figures)
        if isinstance(section, PageSection):
            yield from (figure.name for figure in section.files)
        yield from _anchors(section.sections)


def _prose(text: str) -> Markup:
    """Plain text, with what stands between backticks set as code."""
    parts = str(escape(text)).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("".join(f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(parts)))


@cache
def _asset(name: str) -> str:
    return files("bench.report").joinpath("templates", name).read_text(encoding="utf-8")


def _numeric(table: Table) -> list[bool]:
    """Of each column, whether it holds numbers: those stand on the right, digit under digit."""
    return [
        all(_NUMBER.match(cell) for cell in column if cell not in _EMPTY)
        and any(cell not in _EMPTY for cell in column)
        for column in zip(*table.rows, strict=True)
    ] or [False] * len(table.columns)


def _cells(table: Table) -> list[list[Cell]]:
    numeric = _numeric(table)
    data = table if isinstance(table, DataTable) else None
    return [
        [
            Cell(
                text=text,
                number=numeric[column],
                header=column == (data.header if data else 0),
                key=_key(data.keys[row][column]) if data and data.keys else None,
                href=data.links[row]
                if data and data.links and column == data.link_column
                else None,
                verdict=slug(text) if text in _VERDICTS else None,
            )
            for column, text in enumerate(cells)
        ]
        for row, cells in enumerate(table.rows)
    ]


def _key(value: float | str | None) -> str:
    return "" if value is None else f"{value:.12g}" if not isinstance(value, str) else value
