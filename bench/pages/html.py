"""A page as one self-contained HTML file: no script, style, image or font comes from elsewhere."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bench.pages.escaping import SOFT_HYPHEN, address, harmless, spreadsheet
from bench.pages.figures import Cells, Drawn, Figure
from bench.pages.sections import Page, Table, anchors_of
from bench.pages.words import slug

_PACKAGE = "bench.pages"
_TEMPLATE = "page.html.j2"
# The first before the first paint, the second once everything stands.
_SCRIPTS = ("theme.js", "script.js")
# Wider than this, a drawing is too small to read on a phone and scrolls in its own frame instead.
_PHONE_INCHES = 5.0


def to_html(page: Page, drawn: Iterable[Drawn] = ()) -> str:
    """The page's HTML; figures that are not drawn yet are drawn for it."""
    known = {one.figure.name: one for one in drawn}
    return render(page, lambda figure: (known.get(figure.name) or figure.drawn()).inline_svg())


def render(page: Page, drawing: Callable[[Figure], str]) -> str:
    """The page as HTML; the same page gives the same bytes.

    Args:
        page: its content.
        drawing: gives a figure's `<svg>` element; whatever else comes in is escaped.

    Raises:
        ValueError: two parts have the same anchor.
    """
    anchors = Counter(anchors_of(page.sections))
    repeated = sorted(anchor for anchor, times in anchors.items() if times > 1)
    if repeated:
        raise ValueError(f"parts of the page share the anchors {', '.join(repeated)}")
    return (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            page=page,
            drawing=lambda figure: Markup(drawing(figure)),
            style=Markup(_asset("style.css")),
            scripts=[Markup(_asset(name)) for name in _SCRIPTS],
        )
        .lstrip()
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalized,
    )
    environment.filters |= {
        "slug": slug,
        "prose": _prose,
        "sort_key": _sort_key,
        "address": address,
        "heading": _heading,
        "csv_address": _csv_address,
        "cell_data": _cell_data,
        "script_hash": _script_hash,
    }
    environment.tests |= {"wide": lambda figure: figure.size[0] > _PHONE_INCHES}
    return environment


def _finalized(value: object) -> object:
    """What the template writes out: text is made harmless before it is escaped."""
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """Plain text, with what stands between backticks set as code."""
    text = harmless(text)
    parts = str(escape(text)).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("".join(f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(parts)))


def _heading(text: str) -> Markup:
    """A column's heading; soft hyphens stay, as narrow screens need them."""
    return Markup(SOFT_HYPHEN).join(escape(harmless(part)) for part in text.split(SOFT_HYPHEN))


def _sort_key(value: float | str | None) -> str:
    return "" if value is None else f"{value:.12g}" if not isinstance(value, str) else value


def _script_hash(script: str) -> Markup:
    """The source of a content-security policy that lets this very script run, and no other."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Markup(f"'sha256-{digest}'")


def _csv_address(table: Table) -> str:
    """The table's texts as a `data:` address of a CSV file, so that the page needs no other."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    for row in (table.columns, *table.texts):
        writer.writerow([spreadsheet(text.replace(SOFT_HYPHEN, "")) for text in row])
    return f"data:text/csv;charset=utf-8,{quote(written.getvalue())}"


def _cell_data(cells: Cells) -> Markup:
    """The numbers behind a drawn matrix, as attributes that a script reads."""
    values = ";".join(",".join(f"{value:.4g}" for value in row) for row in cells.values)
    return Markup('data-rows="{}" data-columns="{}" data-values="{}" data-unit="{}"').format(
        "|".join(map(harmless, cells.rows)),
        "|".join(map(harmless, cells.columns)),
        values,
        cells.unit,
    )


@cache
def _asset(name: str) -> str:
    return files(_PACKAGE).joinpath("templates", name).read_text(encoding="utf-8")
