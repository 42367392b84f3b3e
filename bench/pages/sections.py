"""What a page is made of, whatever its format: sections of text, tables, figures and images.

Markdown, HTML and the terminal render the same values. Whatever a format needs to know of a cell
beside its text (what it is sorted by, where it leads, whether it is a number) stands here as
data, so that nothing is read back from text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Pages without figures must not wait for matplotlib.
    from bench.pages.figures import Figure


@dataclass(frozen=True)
class Cell:
    """One cell of a table; where there is only a text to say, a `str` stands for it.

    Attributes:
        text: content.
        key: what it is sorted by; `None` sorts last.
        href: where it leads, `#anchor`, a relative address or https; empty for nowhere.
        mark: word for a style of its own, such as a verdict's; empty for none.
    """

    text: str
    key: float | str | None
    href: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of cells.

    Attributes:
        caption: what it shows and where it comes from.
        columns: headings; at a soft hyphen (U+00AD) a narrow screen may break them.
        rows: one tuple of cells a row, as long as `columns`.
        numeric: the columns that hold numbers: those stand on the right, digit under digit.
        header: index of the column that names the row.
        sortable: whether a reader may sort it, by the keys of its cells.
        filter_label: of the input that filters the rows; empty without a filter.
        summary: what a closed, unfolding table is announced by; empty for an open one.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    numeric: tuple[str, ...] = ()
    header: int = 0
    sortable: bool = False
    filter_label: str = ""
    summary: str = ""

    @property
    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows with every cell in full; a plain text is sorted by itself."""
        return tuple(
            tuple(cell if isinstance(cell, Cell) else Cell(cell, cell) for cell in row)
            for row in self.rows
        )

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The rows as texts alone."""
        return tuple(tuple(cell.text for cell in row) for row in self.cells)


@dataclass(frozen=True)
class Link:
    """A link of its own line.

    Attributes:
        text: what is read.
        href: as in `Cell`.
    """

    text: str
    href: str


@dataclass(frozen=True)
class Tile:
    """One small image with the words beside it.

    Attributes:
        image: `data:` address of a PNG.
        alternative: what the image shows.
        lines: text under it, the first one strong.
    """

    image: str
    alternative: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Gallery:
    """Images in a grid that flows with the page's width; Markdown leaves it out."""

    title: str
    caption: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Section:
    """A part of a page that can be linked to.

    Attributes:
        anchor: unique on its page: lower case, digits and hyphens.
        title: heading.
        lead: the one sentence that says it all, in strong letters; empty for none.
        text: paragraphs of plain text; what stands between backticks is code.
        points: a list of such texts, after the paragraphs.
        links: to parts that belong to it, after the points.
        tables: shown after the links.
        figures: shown after the tables.
        galleries: after the figures.
        files: figures that a page shows in another form, drawn for the figures' folder alone.
        sections: the next level.
        label: a short warning beside the heading, such as "synthetic images"; empty for none.
        folded: whether it is closed until a reader opens it.
        opening: whether it is a page's first view: its figures stand before its tables, beside
            its points.
        picker: what is chosen among its sections, such as "Approach": with scripts one of them
            shows at a time, without they follow each other; empty to show all.
    """

    anchor: str
    title: str
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    galleries: tuple[Gallery, ...] = ()
    files: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = ()
    label: str = ""
    lead: str = ""
    folded: bool = False
    opening: bool = False
    picker: str = ""


@dataclass(frozen=True)
class Page:
    """A whole page before it is written in some format.

    Attributes:
        title: the page's only first-level heading.
        lead: what it is, and what was found, in plain paragraphs.
        facts: terms and what holds for them: where all of it comes from, folded at the end.
        sections: everything else.
        footer: what wrote it.
    """

    title: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: str = ""


def figures_of(sections: Iterable[Section]) -> Iterator[Figure]:
    """Every figure in these sections and below, those for files too, in the order of the page."""
    for section in sections:
        yield from section.figures
        yield from section.files
        yield from figures_of(section.sections)


def anchors_of(sections: Iterable[Section]) -> Iterator[str]:
    """The anchor of every section and figure, in the order of the page."""
    for section in sections:
        yield section.anchor
        yield from (figure.name for figure in (*section.figures, *section.files))
        yield from anchors_of(section.sections)
