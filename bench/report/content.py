"""What this page needs beyond sections, tables and figures: sorting, links and images."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.pages.figures import Figure
from bench.pages.sections import Section, Table


@dataclass(frozen=True)
class DataTable(Table):
    """A table that can be sorted, and filtered where it is long.

    Attributes:
        keys: what each cell is sorted by, row by row; `None` sorts last. None at all: no sorting.
        header: index of the column that names the row.
        link_column: index of the column whose cells are links.
        links: one target a row, `#anchor` or https; empty for no links.
        filter_label: of the input that filters the rows; none without a filter.
        summary: what a closed, unfolding table is announced by; none for an open one.
    """

    keys: tuple[tuple[float | str | None, ...], ...] = ()
    header: int = 0
    link_column: int = 0
    links: tuple[str, ...] = ()
    filter_label: str | None = None
    summary: str | None = None


@dataclass(frozen=True)
class Link:
    """A link within the page."""

    text: str
    anchor: str


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
    """Images in a grid that flows with the page's width."""

    title: str
    caption: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class PageSection(Section):
    """A section with what only a page can show.

    Attributes:
        links: to parts that belong to it, after the text.
        galleries: after the figures.
        files: figures that the page shows in another form, drawn for the figures' folder alone.
        label: a short warning beside the heading, such as «synthetic images».
    """

    links: tuple[Link, ...] = ()
    galleries: tuple[Gallery, ...] = ()
    files: tuple[Figure, ...] = ()
    label: str | None = None


def slug(text: str) -> str:
    """An anchor of the text: lower case, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"


def words(name: str) -> str:
    """A class name as people write it: «maple_tree» is «maple tree»."""
    return name.replace("_", " ")


def image_address(pixels: NDArray[np.uint8]) -> str:
    """A `data:` address of an image, uint8 (height, width, 3), as PNG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
