"""The report's page: whole, self-contained, linked, escaped, and the same each time."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from bench.approaches.registry import installed_approaches
from bench.errors import BenchError
from bench.pages.figures import Figure
from bench.pages.html import render, to_html
from bench.pages.sections import Cell, Page, Section, Table, figures_of
from bench.records.store import RunStore
from bench.report.approach_part import NO_IMAGES
from bench.report.build import build, write
from tests.support.factories import APPROACHES as FEW
from tests.support.factories import RANDOM, SHORT, write_run
from tests.support.report_factories import made_up_images, write_matrix

CHOSEN = installed_approaches().select(("basic_cnn", "vgg19_96_forest"))
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "use", "path"}


class Document(HTMLParser):
    """The elements of a page with their attributes, in order; unclosed ones are an error."""

    def __init__(self, html):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    found = RunStore(tmp_path_factory.mktemp("matrix"))
    write_matrix(found, CHOSEN, seeds=2, n=1000)
    return found


@pytest.fixture(scope="module")
def page(store):
    return build(store, [made_up_images()])


@pytest.fixture(scope="module")
def html(page):
    """With empty drawings: those take most of the time, and few tests look at them."""
    return undrawn(page)


@pytest.fixture(scope="module")
def drawn(page):
    return to_html(page)


@pytest.fixture(scope="module")
def document(html):
    return Document(html)


def undrawn(page):
    """The page with empty drawings, for what does not look at them."""
    return render(page, lambda figure: "<svg></svg>")


def compared_sections(page):
    """The sections of the page's comparison."""
    return [part for whole in page.sections for part in whole.sections if "compare" in part.anchor]


def simple(*sections):
    return undrawn(Page("Title", ("Lead.",), (), sections))


def assert_unique_ids(document):
    ids = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
    assert len(set(ids)) == len(ids) > 20


class TestPage:
    def test_every_link_within_the_page_has_its_target(self, document):
        ids = {attributes["id"] for _, attributes in document.elements if "id" in attributes}
        links = [a["href"] for a in document.all("a")]
        within = {link[1:] for link in links if link.startswith("#")}
        assert len(within) > 20
        assert within <= ids
        assert all(link.startswith(("#", "https://", "../", "data:text/csv;")) for link in links)

    def test_parts_that_the_exploration_leads_to_are_there(self, document):
        ids = {attributes["id"] for _, attributes in document.elements if "id" in attributes}
        assert {"cifar100-full-class-map", "cifar100-full-basic-cnn-per-class"} <= ids

    def test_ids_are_unique(self, document):
        assert_unique_ids(document)

    def test_table_of_contents_has_two_levels_of_everything(self, page, document):
        links = {a["href"] for a in document.all("a")}
        for section in page.sections:
            assert f"#{section.anchor}" in links
            assert {f"#{part.anchor}" for part in section.sections} <= links

    def test_nothing_comes_from_elsewhere(self, document):
        assert all(a["src"].startswith("data:") for a in document.all("img"))
        assert not [a for a in document.all("script") if "src" in a]
        assert [a["href"] for a in document.all("link")] == ["data:,"]
        (policy,) = (a for a in document.all("meta") if "http-equiv" in a)
        assert policy["content"].startswith("default-src 'none'")

    def test_only_the_scripts_of_the_page_may_run(self, html):
        scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
        (policy,) = re.findall(r"script-src ([^;]*);", unescape(html))
        assert len(scripts) == 2
        assert policy == " ".join(f"'sha256-{digest}'" for digest in digests)
        assert "onclick" not in html

    def test_every_table_has_its_texts_as_csv(self, page, document):
        links = [a["href"] for a in document.all("a") if a["href"].startswith("data:")]
        assert len(links) == len(document.all("table"))
        name, content = links[0].split(",", 1)
        assert name == "data:text/csv;charset=utf-8"
        header, first, *_ = csv.reader(io.StringIO(unquote(content)))
        (table,) = page.sections[0].tables
        assert header == [column.replace("\u00ad", "") for column in table.columns]
        assert first[1:3] == list(table.texts[0][1:3])

    def test_first_view_is_verdicts_chart_and_at_most_seven_columns(self, page, html):
        first = page.sections[0]
        assert "Of 2 documented test accuracies" in page.lead[0]
        assert (first.opening, len(first.points)) == (True, 4)
        assert [figure.name for figure in first.figures] == ["cifar100-full-accuracy"]
        assert len(first.tables[0].columns) <= 7
        below = html[html.index("<main") : html.index('id="cifar100-full"')]
        assert below.index("<figure") < below.index("<table")
        commit = page.facts[-1][1]
        assert commit not in below

    def test_every_figure_has_caption_and_alternative(self, page, html):
        figures = list(figures_of(page.sections))
        assert len(figures) == 20
        for figure in figures:
            assert figure.caption.endswith((").", "."))
            assert "runs/cifar100/full" in figure.caption
            assert len(figure.alternative) > 40
        assert html.count("<figcaption>") == html.count("<figure ")

    def test_every_image_has_an_alternative(self, page, document):
        images = document.all("img")
        # Of each approach twelve close and far ones, then what all or one alone get.
        compared = [g for s in compared_sections(page) for g in s.galleries if "get" in g.title]
        assert len(images) == 2 * 2 * 12 + sum(len(gallery.tiles) for gallery in compared)
        assert all(a["alt"].startswith("Test image ") for a in images)

    def test_headings_are_in_order_under_one_first(self, document):
        levels = [int(tag[1]) for tag, _ in document.elements if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_tables_are_real_ones(self, document):
        tables = document.all("table")
        assert len(document.all("caption")) == len(tables)
        assert all(a["scope"] in ("col", "row") for a in document.all("th"))

    def test_full_tier_comes_first_and_other_runs_are_labelled(self, tmp_path):
        store = RunStore(tmp_path)
        write_run(store, tier="short", tier_parameters=SHORT, n=200)
        write_run(store, n=200)
        write_run(store, n=200, dataset="shapes100", key="drawn")
        write_run(store, n=200, approach="pretrained", weights=RANDOM)
        parts = [part for part in build(store, approaches=FEW).sections if part.sections]
        assert [(part.anchor, part.label) for part in parts] == [
            ("cifar100-full", ""),
            ("cifar100-full-random-backbone", "random backbone"),
            ("cifar100-short", "not judged"),
            ("shapes100-full", "synthetic images"),
        ]

    def test_without_images_the_page_says_so(self, store):
        html = undrawn(build(store))
        assert NO_IMAGES.split(",")[0] in html
        assert "<img" not in html

    def test_images_of_another_order_are_not_shown(self, store):
        assert "<img" not in undrawn(build(store, [made_up_images(fingerprint="0" * 64)]))

    def test_empty_store_says_how_to_get_runs(self, tmp_path):
        html = undrawn(build(RunStore(tmp_path)))
        assert "There is no run yet" in html
        assert "Published, not run here" in html


@pytest.mark.pages
class TestDrawnPage:
    def test_same_records_give_the_same_bytes(self, store, drawn):
        assert to_html(build(store, [made_up_images()])) == drawn

    def test_ids_of_drawings_are_unique_too(self, drawn):
        assert_unique_ids(Document(drawn))


class TestRendering:
    EVIL = "<script>alert('x')</script>\"&"

    def test_text_from_records_cannot_break_out(self, tmp_path):
        store = RunStore(tmp_path)
        write_run(store, n=200, approach=self.EVIL.replace("/", "|"), key="evil")
        write_run(store, n=200, device=self.EVIL, key="odd")
        page = build(store, approaches=FEW)
        html = undrawn(page)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html
        Document(html)
        across = next(figure for figure in figures_of(page.sections) if "pairs" in figure.name)
        assert "<script>alert" not in across.inline_svg()

    def test_text_of_sections_and_figures_cannot_break_out(self):
        figure = Figure("evil", self.EVIL, self.EVIL, self.EVIL, lambda canvas: None)
        table = Table(self.EVIL, (self.EVIL,), ((self.EVIL,),))
        html = simple(Section("a", self.EVIL, (self.EVIL,), tables=(table,), figures=(figure,)))
        assert "<script>alert" not in html
        assert "<script>alert" not in figure.inline_svg()

    def test_extra_sections_come_before_what_others_published(self, tmp_path):
        inner = Section("inner", "Inner", ("Deep.",))
        extra = Section("extra", "Extra", ("More.",), sections=(inner,))
        page = build(RunStore(tmp_path), extra=(extra,))
        assert [part.anchor for part in page.sections] == ["extra", "published", "method"]
        assert 'href="#inner"' in undrawn(page)

    def test_repeated_anchors_are_refused(self):
        with pytest.raises(ValueError, match="share the anchors same"):
            simple(Section("same", "One"), Section("same", "Two"))

    def test_numbers_stand_on_the_right_and_words_on_the_left(self):
        table = Table("C", ("name", "n", "x"), (("3x3", "1 %", "a"),), numeric=("n",))
        document = Document(simple(Section("a", "A", tables=(table,))))
        cells = document.all("td", "th")
        assert [cell.get("class") for cell in cells[:3]] == [None, "number", None]

    def test_headings_keep_their_soft_hyphens(self):
        html = simple(Section("a", "A", tables=(Table("C", ("docu\u00adment",), (("x",),)),)))
        assert ">docu\u00adment</th>" in html
        assert 'class="table"' in html

    def test_only_sortable_tables_have_buttons_and_keys(self):
        rows = ((Cell("1 h 05 min", 3900.0), Cell("—", None), "a"),)
        plain = Table("C", ("t", "n", "x"), rows)
        assert "data-key" not in simple(Section("a", "A", tables=(plain,)))
        html = simple(Section("a", "A", tables=(replace(plain, sortable=True),)))
        assert 'class="table sortable"' in html
        assert '<button type="button">t' in html
        keys = [cell["data-key"] for cell in Document(html).all("td", "th") if "data-key" in cell]
        assert keys == ["3900", "", "a"]


def test_links_lead_to_what_lies_beside_the_page_and_to_nothing_else(tmp_path):
    own, shipped = RunStore(tmp_path / "runs"), RunStore(tmp_path / "results")
    write_run(shipped, 0.4)

    def links(store):
        return {link.href for link in build(store).sections[-1].links}

    both = RunStore(own.root, (shipped.root,))
    assert links(both) == {"../../results/runs/"}
    (tmp_path / "docs").mkdir()
    for file in ("docs/method.md", "CITATION.cff", "results/leaderboard.md"):
        (tmp_path / file).write_text("")
    assert links(both) == {"../../results/runs/", "../../docs/method.md", "../../CITATION.cff"}
    assert links(shipped) == {
        *("../runs/", "../leaderboard.md", "../../docs/method.md", "../../CITATION.cff")
    }
    folder = shipped.root / "report"
    folder.mkdir()
    assert all((folder / href).exists() for href in links(shipped))


def test_figures_of_the_readme_are_there():
    root = Path(__file__).parents[3]
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (root / "README.md").read_text())
    shown = [path for path in shown if not path.startswith("https://")]
    assert shown
    assert all((root / path).is_file() for path in shown)


@pytest.mark.pages
class TestWriting:
    PAGE = Page(
        "Title",
        ("Lead.",),
        (),
        (
            Section(
                "part",
                "Part",
                figures=(Figure("shown", "T", "C", "A", lambda canvas: None),),
                files=(Figure("filed", "T", "C", "A", lambda canvas: None),),
            ),
        ),
    )

    def test_page_and_all_figures_are_written_and_old_ones_removed(self, tmp_path):
        old = tmp_path / "report" / "figures" / "old.png"
        old.parent.mkdir(parents=True)
        old.write_bytes(b"old")
        index = write(self.PAGE, tmp_path)
        assert index == tmp_path / "report" / "index.html"
        assert index.read_text() == to_html(self.PAGE)
        names = {path.name for path in old.parent.iterdir()}
        assert names == {"shown.png", "shown.svg", "filed.png", "filed.svg"}

    def test_an_earlier_page_survives_a_failure(self, tmp_path):
        index = tmp_path / "report" / "index.html"
        index.parent.mkdir()
        index.write_text("earlier")
        (tmp_path / "report" / "figures").write_text("in the way")
        with pytest.raises(BenchError, match="cannot write"):
            write(self.PAGE, tmp_path)
        assert index.read_text() == "earlier"
