"""Sections as GitHub Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from bench.pages.sections import Section, Table


def to_markdown(section: Section, figures: str = "figures") -> str:
    """A whole page; its figures are linked as `<figures>/<name>.png`."""
    return "\n\n".join(_blocks(section, 1, figures)) + "\n"


def plain(text: str) -> str:
    """Text from records, kept from breaking out of its cell or line, or turning into HTML."""
    flat = " ".join(text.split())
    return flat.replace("|", "\\|").replace("<", "&lt;")


def _blocks(section: Section, level: int, figures: str) -> Iterator[str]:
    yield f"{'#' * level} {plain(section.title)}"
    yield from map(plain, section.text)
    for table in section.tables:
        yield _table(table)
        yield f"*{plain(table.caption)}*"
    for figure in section.figures:
        yield f"![{plain(figure.alternative)}]({figures}/{figure.name}.png)"
        yield f"*{plain(figure.caption)}*"
    for below in section.sections:
        yield from _blocks(below, level + 1, figures)


def _table(table: Table) -> str:
    # The call behind pandas' `to_markdown`, without the second that importing pandas takes.
    from tabulate import tabulate

    text: str = tabulate(
        [[plain(cell) for cell in row] for row in table.rows],
        headers=[plain(column) for column in table.columns],
        tablefmt="pipe",
        disable_numparse=True,
    )
    return text
