"""The exploration as a folder: README.md for GitHub, one HTML page for a browser, the figures."""

from __future__ import annotations

from pathlib import Path

from bench.pages.html import to_html
from bench.pages.markdown import to_markdown
from bench.pages.sections import Page, Section, figures_of
from bench.system.files import write_text_atomically

FOLDER = "explore"
PAGE = "README.md"
HTML = "index.html"
FIGURES = "figures"
TITLE = "The data, explored"
FOOTER = "Written by `bench explore` from the images; the same images give the same page."
LEAD = (
    "Written by `bench explore`; every number is counted or measured, none typed by hand. "
    f"Each figure lies in {FIGURES}/ as PNG and as SVG."
)


def write_page(folder: Path, sections: tuple[Section, ...]) -> Path:
    """Write both pages and every figure as PNG and SVG, each file atomically, the pages last.

    Returns:
        The path of the page for GitHub.

    Raises:
        BenchError: the folder cannot be written to.
    """
    drawn = [figure.drawn() for figure in figures_of(sections)]
    for figure in drawn:
        figure.save(folder / FIGURES)
    page = Page(title=TITLE, lead=(LEAD,), facts=(), sections=sections, footer=FOOTER)
    write_text_atomically(folder / HTML, to_html(page, drawn))
    write_text_atomically(folder / PAGE, page_text(sections))
    return folder / PAGE


def page_text(sections: tuple[Section, ...]) -> str:
    """The page; the same sections give the same bytes."""
    return to_markdown(Section("explore", TITLE, (LEAD,), sections=sections), FIGURES)
