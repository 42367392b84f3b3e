"""What a page is made of, whatever its format: sections of text, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Pages without figures must not wait for matplotlib.
    from bench.pages.figures import Figure


@dataclass(frozen=True)
class Table:
    """Rows of text cells.

    Attributes:
        caption: what it shows and where it comes from.
        columns: headings.
        rows: one tuple of cells a row, as long as `columns`.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of a page that can be linked to.

    Attributes:
        anchor: unique on its page: lower case, digits and hyphens.
        title: heading.
        text: paragraphs of plain text.
        tables: shown after the text.
        figures: shown after the tables.
        sections: the next level.
    """

    anchor: str
    title: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = ()
