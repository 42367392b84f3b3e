import re
from xml.etree import ElementTree

from matplotlib.figure import Figure as Canvas

from bench.pages.figures import INK, SERIES, Figure


def _draw(canvas: Canvas) -> None:
    axes = canvas.subplots()
    axes.plot([1, 2, 3], label="<a & b>")
    axes.imshow([[1, 2], [3, 4]])
    axes.legend()


FIGURE = Figure("a-figure", "Title", "Caption.", 'One "line" < two', _draw)


def test_figure_is_the_same_bytes_each_time() -> None:
    assert FIGURE.svg() == FIGURE.svg()
    assert FIGURE.png() == FIGURE.png()


def test_saved_files_are_a_png_and_an_svg(tmp_path) -> None:
    png, svg = FIGURE.save(tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert INK in svg.read_text()
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")


def test_inline_svg_is_named_and_takes_the_colours_of_its_page() -> None:
    root = ElementTree.fromstring(FIGURE.inline_svg())
    assert root.get("role") == "img"
    assert root.get("aria-label") == FIGURE.alternative
    assert root.get("width") is None
    assert "var(--series-1)" in FIGURE.inline_svg()
    assert not any(colour in FIGURE.inline_svg() for colour in (INK, *SERIES))


def test_inline_svgs_of_two_figures_share_no_id() -> None:
    other = Figure("another", "Title", "Caption.", "Two lines", _draw)
    ids = [set(re.findall(r' id="([^"]+)"', figure.inline_svg())) for figure in (FIGURE, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
