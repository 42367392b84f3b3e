"""A figure: drawn once, kept as PNG and SVG, and set into a page in the page's own colours."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text
from numpy.typing import NDArray

from bench.pages.escaping import harmless, visible_lines, xml
from bench.system.files import atomic_writer

# What figures are drawn with. A page replaces each by the CSS variable of its name, so that one
# drawing serves light and dark; alone, a file shows these. The series are Okabe and Ito's colours
# (jfly.uni-koeln.de/color), which colour-blind readers can tell apart; yellow is left out, as it
# vanishes on white.
INK = "#1f2328"
MUTED = "#656d76"
FAINT = "#d1d9e0"
SURFACE = "#ffffff"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7f6cc4")
VARIABLES = {INK: "--ink", MUTED: "--muted", FAINT: "--faint", SURFACE: "--surface"} | {
    colour: f"--series-{number}" for number, colour in enumerate(SERIES, 1)
}

_STYLE: dict[str, Any] = {
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.prop_cycle": f"cycler('color', {list(SERIES)!r})",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.dpi": 144,
    "figure.facecolor": SURFACE,
    # One name: it is written out with every text of an SVG.
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "text.color": INK,
    # A dollar sign in a name is no formula.
    "text.parse_math": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}


@dataclass(frozen=True)
class Cells:
    """The numbers behind a drawn matrix, for a page to say the one that a reader points at.

    Attributes:
        row: what a row is, such as "true class".
        column: what a column is.
        rows: name of each row, from top to bottom.
        columns: name of each column, from left to right.
        values: one tuple of numbers a row.
        unit: after a number, such as " %".
    """

    row: str
    column: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    unit: str


@dataclass(frozen=True)
class Figure:
    """One figure and what is said of it.

    Attributes:
        name: file stem, and anchor on a page: lower case, digits and hyphens.
        title: heading, a few words.
        caption: what it shows and which records or images it comes from; plain text.
        alternative: the same for who cannot see it: what is drawn and what stands out.
        draw: draws on an empty canvas; called under the project's style.
        size: width and height in inches.
        cells: numbers of the matrix that it draws as its first raster; `None` for no matrix.
        series: for each part that a reader may hide, the id that `draw` gave it and its name.
    """

    name: str
    title: str
    caption: str
    alternative: str
    draw: Callable[[Canvas], None]
    size: tuple[float, float] = (7.0, 4.0)
    cells: Cells | None = None
    series: tuple[tuple[str, str], ...] = ()

    def drawn(self) -> Drawn:
        """The drawing in both formats, drawn once; the same bytes each time."""
        style: Any = {**_STYLE, "svg.hashsalt": self.name}
        with rc_context(style):
            canvas = Canvas(figsize=self.size)
            self.draw(canvas)
            for text in canvas.findobj(Text):
                text.set_text(visible_lines(text.get_text()))
            # Each canvas draws once. `savefig` would draw twice for each format, the first time to
            # find the layout.
            # Any, as matplotlib's canvases have no types.
            pixels: Any = FigureCanvasAgg(canvas)
            pixels.draw()
            png = _png(np.asarray(pixels.buffer_rgba()), canvas.dpi)
            canvas.set_layout_engine("none")
            svg = io.StringIO()
            lines: Any = FigureCanvasSVG(canvas)
            lines.print_svg(svg, metadata={"Date": None})
        return Drawn(self, xml(svg.getvalue()), png)

    def svg(self) -> str:
        """The drawing as SVG text."""
        return self.drawn().svg

    def png(self) -> bytes:
        """The drawing as PNG, 144 dots an inch, on white."""
        return self.drawn().png

    def inline_svg(self) -> str:
        """As `Drawn.inline_svg`."""
        return self.drawn().inline_svg()

    def save(self, folder: Path) -> tuple[Path, Path]:
        """As `Drawn.save`."""
        return self.drawn().save(folder)


@dataclass(frozen=True)
class Drawn:
    """A figure's drawing in both formats.

    Attributes:
        figure: what was drawn.
        svg: text of an SVG file.
        png: bytes of a PNG file, 144 dots an inch, on white.
    """

    figure: Figure
    svg: str
    png: bytes

    def inline_svg(self) -> str:
        """An `<svg>` element for a page: named, without file header, in the page's colours."""
        svg = self.svg[self.svg.index("<svg") :]
        svg = re.sub(r'^<svg([^>]*?) width="[^"]*"', r"<svg\1", svg, count=1)
        svg = re.sub(r'^<svg([^>]*?) height="[^"]*"', r"<svg\1", svg, count=1)
        label = escape(harmless(self.figure.alternative), quote=True)
        svg = svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
        svg = re.sub(r"<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
        # Numbered names repeat from figure to figure; those that are referred to are hashes.
        svg = re.sub(r' id="[A-Za-z0-9.]+_[0-9]+"', "", svg)
        for colour, variable in VARIABLES.items():
            svg = svg.replace(colour, f"var({variable})")
        return svg

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Write `<name>.png` and `<name>.svg` into `folder`, each atomically."""
        name = self.figure.name
        paths = folder / f"{name}.png", folder / f"{name}.svg"
        for path, content in zip(paths, (self.png, self.svg.encode()), strict=True):
            with atomic_writer(path) as file:
                file.write(content)
        return paths


def _png(pixels: NDArray[np.uint8], dpi: float) -> bytes:
    """Pixels (height, width, RGBA) in at most 256 colours: a third of the bytes.

    Charts lose nothing by it.
    """
    from PIL import Image

    buffer = io.BytesIO()
    colours = Image.fromarray(pixels[..., :3]).quantize(256, dither=Image.Dither.NONE)
    # The highest level takes six times as long and saves 7 % of the bytes.
    colours.save(buffer, format="png", compress_level=6, dpi=(dpi, dpi))
    return buffer.getvalue()
