"""The exploration as a folder that GitHub shows: README.md and its figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.figures.content import Section
from bench.figures.drawing import Figure
from bench.files import write_text_atomically
from bench.pages.markdown import to_markdown

FOLDER = "explore"
PAGE = "README.md"
FIGURES = "figures"


def write_page(folder: Path, sections: tuple[Section, ...]) -> Path:
    """Write the page and every figure as PNG and SVG, each file atomically, the page last.

    Returns:
        The page's path.

    Raises:
        BenchError: the folder cannot be written to.
    """
    for figure in figures_of(sections):
        figure.save(folder / FIGURES)
    write_text_atomically(folder / PAGE, page_text(sections))
    return folder / PAGE


def page_text(sections: tuple[Section, ...]) -> str:
    """The page; the same sections give the same bytes."""
    title = "The data, explored"
    said = (
        "Written by `bench explore`; every number is counted or measured, none typed by hand. "
        f"Each figure lies in `{FIGURES}/` as PNG and as SVG."
    )
    return to_markdown(Section("explore", title, (said,), sections=sections), FIGURES)


def figures_of(sections: tuple[Section, ...]) -> Iterator[Figure]:
    """Every figure, in the order of the page."""
    for section in sections:
        yield from section.figures
        yield from figures_of(section.sections)
