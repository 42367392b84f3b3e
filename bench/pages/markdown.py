"""Sections as GitHub Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from bench.pages.sections import Cell, Section, Table


def to_markdown(section: Section, figures: str = "figures") -> str:
    """A whole page; its figures are linked as `<figures>/<name>.png`."""
    return "\n\n".join(_blocks(section, 1, figures)) + "\n"


def plain(text: str) -> str:
    """Text from records, kept from breaking out of its cell or line, or turning into HTML."""
    flat = " ".join(text.split())
    return flat.replace("|", "\\|").replace("<", "&lt;")


def _blocks(section: Section, level: int, figures: str) -> Iterator[str]:
    label = f" ({section.label})" if section.label else ""
    yield f"{'#' * level} {plain(section.title + label)}"
    yield from map(plain, section.text)
    if section.points:
        yield "\n".join(f"- {plain(point)}" for point in section.points)
    for table in section.tables:
        yield _table(table)
        if table.caption:
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
        [[_cell(cell) for cell in row] for row in table.cells],
        headers=[plain(column) for column in table.columns],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["right" if name in table.numeric else "left" for name in table.columns],
    )
    return text


def _cell(cell: Cell) -> str:
    text = plain(cell.text)
    return f"[{text}]({cell.href})" if cell.href else text
