"""Whatever a name holds, it stays text: on every page, in drawings and on a terminal."""

import io
import re
import unicodedata
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console
from rich.text import Text

from bench.leaderboard.terminal import printed_lines
from bench.pages import escaping
from bench.pages.figures import Figure
from bench.pages.html import render
from bench.pages.markdown import to_markdown
from bench.pages.sections import Cell, Link, Page, Section, Table

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png onerror=alert(1)>",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "a | b",
    "`code` ``` fence",
    "two\nlines\r\nand\u2028more",
    "\u202eright to left\u202c \u200bzero",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]0;title\x07\x07\x00",
    "\x9b31mred\x9d8;;https://evil.example\x9cclick",
    "# heading",
    "- item",
    "1. item",
    "*bold* _emphasis_ ~~gone~~ $x^2$",
    "https://evil.example www.evil.example javascript:alert(1)",
    "&lt;script&gt; &#60;b&#62;",
    "[bold red]markup[/bold red] [link=https://evil.example]x[/link]",
    "--- \n===",
    '=HYPERLINK("https://evil.example")',
)
# Text of all kinds, with more of what a format could take for its own than chance would give.
TEXTS = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(max_size=40),
    st.text(alphabet="`*_[]()<>|!#-+.=~$&;:\\\"'\x1b\x07\x00\u202e\u200b\n\t a1", max_size=30),
)


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.targets = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.targets += [v for k, v in attrs if k in ("href", "src")]
        assert not [k for k, _ in attrs if k.startswith("on")]


def page(text, href=""):
    table = Table(
        text, ("a", "b"), ((Cell(text, text, href=href, mark=text), text),), sortable=True
    )
    return Section("a", text, (text,), points=(text,), links=(Link(text, href),), tables=(table,))


def is_plain(text):
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text)


@given(TEXTS)
def test_what_passes_is_one_line_of_visible_characters(text):
    found = escaping.harmless(text)
    assert is_plain(found)
    assert found == found.strip()
    assert escaping.harmless(found) == found
    found.encode("utf-8")


@pytest.mark.parametrize("text", ["vgg19_96_head (bfloat16)", "Größe 5 µm, 日本", "a\u00a0b", "±"])
def test_ordinary_text_passes_as_it_is(text):
    assert escaping.harmless(text) == text


def test_terminal_sequences_go_with_what_they_hold():
    assert escaping.harmless("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07") == "click"
    assert escaping.harmless("\x1b[1;31mred\x1b[0m") == "red"
    assert escaping.harmless("\x1b]0;never ends") == ""


def rendered(markdown):
    """As GitHub would read it, by a library that knows nothing of ours."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return Elements(parser.render(markdown))


@settings(deadline=None)
@given(TEXTS.filter(escaping.harmless))
def test_markdown_has_nothing_but_the_text(text):
    markdown = to_markdown(page(text))
    assert is_plain(markdown.replace("\n", ""))
    found, expected = rendered(markdown), rendered(to_markdown(page("x")))
    # A text between backticks may be code; nothing else may come.
    assert [t for t in found.tags if t != "code"] == [t for t in expected.tags if t != "code"]
    assert not any(found.targets)
    assert not re.search(r"(?i)\b(https?|ftp|mailto|javascript|data):|\bwww\.", _uncoded(markdown))


def _uncoded(markdown):
    return re.sub(r"(`+)(?!`)[^`].*?(?<!`)\1(?!`)", "", markdown)


@settings(deadline=None, max_examples=50)
@given(TEXTS.filter(escaping.harmless))
def test_html_has_no_element_of_its_own(text):
    html = render(Page(text, (text,), ((text, text),), (page(text),), text), lambda figure: "")
    plain = render(Page("x", ("x",), (("x", "x"),), (page("x"),), "x"), lambda figure: "")
    found, expected = Elements(html), Elements(plain)
    # A text between backticks may be code; nothing else may come.
    assert [t for t in found.tags if t != "code"] == [t for t in expected.tags if t != "code"]
    assert is_plain("".join(html.split("\n")).replace("\xad", "")) or "\t" in html


@pytest.mark.parametrize("text", ATTACKS)
def test_drawings_are_sound_xml_that_names_nothing_else(text):
    def draw(canvas):
        canvas.subplots().set_title(text)

    drawn = Figure("x", text, text, text, draw).drawn()
    ElementTree.fromstring(drawn.svg)
    ElementTree.fromstring(drawn.inline_svg())
    for svg in (drawn.svg, drawn.inline_svg()):
        assert "<script" not in svg
        assert "<img" not in svg
        assert "\x1b" not in svg
        assert "\u202e" not in svg


@given(TEXTS)
def test_a_terminal_gets_no_sequence_of_its_own(text):
    written = io.StringIO()
    console = Console(file=written, width=200, force_terminal=False, color_system=None)
    for line in printed_lines(Table("", (text, "b"), ((text, "x"),))):
        console.print(Text(line), soft_wrap=True)
    assert is_plain(written.getvalue().replace("\n", ""))


def test_markup_of_the_terminal_is_shown_and_not_obeyed():
    written = io.StringIO()
    name = "[bold red]x[/bold red]"
    for line in printed_lines(Table("", (name,), ((name,),))):
        Console(file=written, width=200).print(Text(line), soft_wrap=True)
    assert written.getvalue().count(name) == 2


@pytest.mark.parametrize(
    "href",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example"),
        *(
            "http://evil.example",
            "java\nscript:alert(1)",
            "\x01javascript:x",
            "\\\\evil",
            "vbscript:x",
        ),
        "file:///etc/passwd",
    ],
)
def test_links_that_run_or_leave_unseen_are_none(href):
    assert escaping.address(href) == ""
    assert f"[x]({href}" not in to_markdown(page("x", href))
    targets = Elements(render(Page("x", (), (), (page("x", href),)), lambda figure: "")).targets
    # The page's own: its parts, and its tables as CSV.
    csv = {target for target in targets if target.startswith("data:text/csv;charset=utf-8,")}
    assert set(targets) - csv <= {"", "#a", "#main", "data:,"}


@pytest.mark.parametrize(
    "href", ["#a-b", "report/index.html#cifar100-full", "https://arxiv.org/abs/2010.01412"]
)
def test_links_of_our_own_stay_as_they_are(href):
    assert escaping.address(href) == href


def test_a_link_cannot_end_early():
    assert escaping.address("a) b") == "a%29%20b"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_no_cell_of_a_spreadsheet_is_a_formula(text):
    assert escaping.spreadsheet(text)[0] == "'"
