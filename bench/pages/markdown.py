"""Sections as GitHub Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from bench.pages import escaping
from bench.pages.sections import Cell, Section, Table


def to_markdown(section: Section, figures: str = "figures") -> str:
    """A whole page; its figures are linked as `<figures>/<name>.png`."""
    return "\n\n".join(_blocks(section, 1, figures)) + "\n"


def prose(text: str) -> str:
    """Plain text as a line of Markdown, with what stands between backticks set as code."""
    parts = escaping.harmless(text).split("`")
    if len(parts) % 2 == 0:
        return escaping.line_start(escaping.markdown(text))
    pieces = (escaping.code(part) if n % 2 else _piece(part) for n, part in enumerate(parts))
    return escaping.line_start("".join(pieces))


def _piece(text: str) -> str:
    """Text beside a code span, with the spaces at its ends."""
    inner = text.strip()
    if not inner:
        return text
    before, after = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
    return f"{before}{escaping.markdown(inner)}{after}"


def _blocks(section: Section, level: int, figures: str) -> Iterator[str]:
    label = f" ({section.label})" if section.label else ""
    title = escaping.markdown(section.title + label)
    if section.folded:
        yield f"<details>\n<summary>{title}</summary>"
    else:
        yield f"{'#' * level} {title}"
    if section.lead:
        yield f"**{prose(section.lead)}**"
    yield from map(prose, section.text)
    if section.points:
        yield "\n".join(f"- {prose(point)}" for point in section.points)
    for link in section.links:
        yield f"[{escaping.markdown(link.text)}]({escaping.address(link.href)})"
    for table in section.tables:
        yield _table(table)
        if table.caption:
            yield f"*{prose(table.caption)}*"
    for figure in section.figures:
        place = escaping.address(f"{figures}/{figure.name}.png")
        yield f"![{escaping.markdown(figure.alternative)}]({place})"
        yield f"*{prose(figure.caption)}*"
    for below in section.sections:
        yield from _blocks(below, level + 1, figures)
    if section.folded:
        yield "</details>"


def _table(table: Table) -> str:
    # The call behind pandas' `to_markdown`, without the second that importing pandas takes.
    from tabulate import tabulate

    text: str = tabulate(
        [[_cell(cell) for cell in row] for row in table.cells],
        headers=[escaping.heading(column) for column in table.columns],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["right" if name in table.numeric else "left" for name in table.columns],
    )
    return text


def _cell(cell: Cell) -> str:
    text, place = escaping.markdown(cell.text), escaping.address(cell.href)
    return f"[{text}]({place})" if place else text
