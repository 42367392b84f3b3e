"""Pages that were edited by hand, whatever draws them."""

from __future__ import annotations

import pytest

from bench.ablations.planning import ablation_store
from bench.records.store import RunStore
from bench.verification.pages import check_drawn
from bench.verification.verify import verify
from tests.support.sound import APPROACHES, PLAIN, sound_run

FILES = {"index.html": "<p>45 %</p>\n<p>end</p>", "figures/a.svg": "<svg/>", "figures/a.png": "png"}


def draw(root):
    for name, text in FILES.items():
        path = root / "report" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def root(tmp_path):
    draw(tmp_path)
    return tmp_path


def found(root):
    return {
        (problem.file.name, problem.what, problem.found)
        for problem in check_drawn(root, "report", draw)
    }


def test_pages_that_are_drawn_alike_have_no_problem(root, tmp_path_factory):
    assert found(root) == set()
    assert found(tmp_path_factory.mktemp("without")) == set()


def test_an_edited_page_is_named_with_its_line(root):
    path = root / "report/index.html"
    path.write_text(path.read_text().replace("45", "95"))
    assert found(root) == {("index.html", "line 1", repr("<p>95 %</p>"))}


def test_an_exchanged_figure_is_named(root):
    (root / "report/figures/a.svg").write_text("<svg><script/></svg>")
    assert found(root) == {("a.svg", "file", "others")}


def test_a_figure_too_few_and_one_too_many(root):
    (root / "report/figures/a.png").rename(root / "report/figures/b.png")
    assert found(root) == {
        ("a.png", "file", "nothing"),
        ("b.png", "file", "one that nothing draws"),
    }


def test_records_that_no_page_can_be_drawn_from(root):
    def failing(scratch):
        raise ZeroDivisionError("division by zero")

    (problem,) = check_drawn(root, "report", failing)
    assert "division by zero" in str(problem)


def test_an_edited_ablation_page(tmp_path):
    ablations = ablation_store(RunStore(tmp_path))
    sound_run(ablations, PLAIN, 0, "short")
    (ablations.root / "README.md").write_text("96 % (chosen)\n")
    problems = verify(RunStore(tmp_path), APPROACHES)
    assert [(problem.file.name, problem.what) for problem in problems] == [("README.md", "line 1")]
