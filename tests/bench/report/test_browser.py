"""The report and the exploration as a reader meets them, in a headless Chromium."""

from __future__ import annotations

import pytest

from bench.approaches.registry import installed_approaches
from bench.explore.exploration import explore
from bench.explore.page import HTML, write_page
from bench.records.store import RunStore
from bench.report.build import build, write
from datasets import load_dataset
from tests.support.devtools import browser, find_chromium
from tests.support.report_factories import made_up_images, write_matrix

CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="no Chromium on the search path; install one, or name it in BENCH_CHROMIUM",
    ),
]

PHONE = {"width": 390, "height": 844}
TABLE = "#cifar100-full-columns .table"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    root = tmp_path_factory.mktemp("report")
    store = RunStore(root)
    chosen = installed_approaches().select(("basic_cnn", "improved_cnn", "vgg19_96_forest"))
    write_matrix(store, chosen, seeds=2, n=1000)
    return write(build(store, [made_up_images()]), root)


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    root = tmp_path_factory.mktemp("explore")
    dataset = load_dataset("shapes100", per_class=(4, 3), cache_dir=root / "cache")
    return write_page(root, explore(dataset)).with_name(HTML)


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(CHROMIUM, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(params=[{}, {"dark": True}, PHONE, PHONE | {"dark": True}])
def opened(request, tab, index):
    tab.open(index, **request.param)
    return tab


def column(tab, name):
    """The texts of one column of the leaderboard that are in view, from top to bottom."""
    return tab.run(
        f"""(() => {{
          const table = document.querySelector('{TABLE} table');
          const heads = [...table.tHead.rows[0].cells].map(c => c.textContent);
          const k = heads.indexOf('{name}');
          return [...table.tBodies[0].rows].filter(r => !r.hidden)
            .map(r => r.cells[k].textContent);
        }})()"""
    )


def click_head(tab, name):
    tab.run(
        f"[...document.querySelectorAll('{TABLE} thead button')]"
        f".find(b => b.textContent === '{name}').click()"
    )


def test_opens_without_complaint_and_without_a_sideways_scroll(opened):
    assert opened.run("document.documentElement.scrollWidth <= innerWidth")
    opened.run("document.querySelectorAll('.picked section').forEach(s => { s.hidden = false })")
    opened.run("document.querySelectorAll('main details').forEach(d => { d.open = true })")
    assert opened.run("document.documentElement.scrollWidth <= innerWidth")
    images = opened.run("[...document.images].map(i => i.complete && i.naturalWidth > 0)")
    assert len(images) >= 72
    assert all(images)
    drawings = opened.run(
        "[...document.querySelectorAll('figure svg')].map(s => s.getBoundingClientRect().height)"
    )
    assert len(drawings) > 20
    assert min(drawings) > 100
    assert opened.complaints == []


@pytest.mark.parametrize("size", [{}, PHONE])
def test_exploration_opens_without_complaint_and_without_a_sideways_scroll(tab, exploration, size):
    tab.complaints.clear()
    tab.open(exploration, **size)
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    assert tab.run("[...document.querySelectorAll('figure svg')].length") == 11
    # Within an SVG an image has no state of its own to ask for: each is decoded again.
    decoded = tab.run(
        "Promise.all([...document.querySelectorAll('svg image')].map(i => { const p = new Image();"
        " p.src = i.href.baseVal; return p.decode().then(() => p.naturalWidth > 0); }))"
    )
    assert decoded
    assert all(decoded)
    assert "bench explore" in tab.run("document.querySelector('footer').textContent")
    assert tab.complaints == []


def press(tab, key, code):
    text = "\r" if key == "Enter" else ""
    for kind in ("keyDown", "keyUp"):
        tab.call(
            "Input.dispatchKeyEvent",
            type=kind,
            key=key,
            code=key,
            windowsVirtualKeyCode=code,
            text=text if kind == "keyDown" else "",
        )


def test_keyboard_skips_to_the_content_and_sorts(tab, index):
    tab.open(index)
    press(tab, "Tab", 9)
    assert tab.run("document.activeElement.className") == "skip"
    press(tab, "Enter", 13)
    assert tab.run("document.activeElement.id") == "main"
    before = column(tab, "measured")
    tab.run(
        f"[...document.querySelectorAll('{TABLE} thead button')]"
        ".find(b => b.textContent === 'measured').focus()"
    )
    press(tab, "Enter", 13)
    assert column(tab, "measured") == before[::-1]


def test_sorting_goes_up_then_down_by_number(tab, index):
    tab.open(index)
    before = column(tab, "measured")
    click_head(tab, "measured")
    assert column(tab, "measured") == before[::-1]
    click_head(tab, "measured")
    assert column(tab, "measured") == before
    sorts = f"[...document.querySelectorAll('{TABLE} th[aria-sort]')].map(c => c.ariaSort)"
    assert tab.run(sorts) == ["descending"]
    click_head(tab, "approach")
    assert column(tab, "approach") == sorted(column(tab, "approach"))
    assert tab.run(sorts) == ["ascending"]


def test_rows_without_a_value_stay_below(tab, index):
    tab.open(index)
    for _ in range(2):
        click_head(tab, "parameters")
        assert column(tab, "parameters")[-1] == "—"


def test_filter_keeps_what_matches_and_counts_it(tab, index):
    tab.open(index)
    tab.run(
        f"""(() => {{
          const input = document.querySelector('{TABLE} input');
          input.value = 'CNN';
          input.dispatchEvent(new Event('input'));
        }})()"""
    )
    assert sorted(column(tab, "approach")) == ["Basic CNN", "Improved CNN"]
    assert tab.run(f"document.querySelector('{TABLE} output').textContent") == "2 of 3 rows"


def test_colours_follow_the_system_and_the_button(tab, index):
    background = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.querySelector('figure svg text')).fill"
    tab.open(index)
    light = tab.run(background), tab.run(ink)
    tab.open(index, dark=True)
    dark = tab.run(background), tab.run(ink)
    assert light[0] == "rgb(255, 255, 255)"
    assert light[0] != dark[0]
    assert light[1] != dark[1]
    tab.run("document.querySelector('.theme').click()")
    assert (tab.run(background), tab.run(ink)) == light
    tab.run("try { localStorage.clear() } catch {}")


def test_a_deep_link_leads_to_its_part(tab, index):
    tab.open(index)
    tab.run("location.hash = 'cifar100-full-basic-cnn-classes'")
    tab.run("new Promise(done => setTimeout(done, 1500))")
    top = tab.run(
        "document.getElementById('cifar100-full-basic-cnn-classes').getBoundingClientRect().top"
    )
    assert -5 <= top <= 200


def test_contents_fold_on_a_phone_and_stay_in_view_on_a_desk(tab, index):
    shown = "['wide', 'narrow'].map(k => document.querySelector('.contents-' + k).offsetHeight > 0)"
    tab.open(index)
    assert tab.run(shown) == [True, False]
    tab.open(index, **PHONE)
    assert tab.run(shown) == [False, True]
    assert tab.run("document.querySelector('.contents-narrow details').open") is False


def test_without_scripts_everything_is_there_but_what_needs_them(tab, index):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(index)
        assert tab.run("document.querySelectorAll('tbody tr').length") > 300
        hidden = "[...document.querySelectorAll('.needs-script')].every(e => e.offsetHeight === 0)"
        assert tab.run(hidden)
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)


def shown_parts(tab):
    return tab.run(
        "[...document.querySelectorAll('#cifar100-full-approaches > section')]"
        ".filter(s => s.offsetHeight > 0 && !s.hidden).map(s => s.id)"
    )


def test_one_approach_shows_at_a_time_and_arrow_keys_change_it(tab, index):
    tab.open(index)
    (first,) = shown_parts(tab)
    tab.run("document.querySelector('#cifar100-full-approaches .picker input').focus()")
    press(tab, "ArrowDown", 40)
    (second,) = shown_parts(tab)
    assert second != first
    assert tab.run("document.activeElement.value") == second
    tab.run(f"document.querySelector('a[href=\"#{first}\"]').click()")
    assert shown_parts(tab) == [first]
    # Nor does one that is not shown leave a gap beyond the margin of the one that is.
    boxes = "[...document.querySelectorAll('section[hidden]')].map(s => s.getBoundingClientRect())"
    assert tab.run(f"{boxes}.map(b => b.height)") == [0, 0]
    end = tab.run(f"document.getElementById('{first}').getBoundingClientRect().bottom")
    assert max(tab.run(f"{boxes}.map(b => b.top)")) - end < 30


def test_without_scripts_every_approach_shows(tab, index):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(index)
        assert len(shown_parts(tab)) == 3
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)


def test_first_view_holds_verdict_chart_and_table(tab, index):
    tab.open(index)
    for part in (".lead", "#cifar100-full-accuracy svg", "#cifar100-full-leaderboard tbody tr"):
        assert tab.run(f"document.querySelector('{part}').getBoundingClientRect().bottom") < 900


def test_a_hidden_line_is_gone_and_comes_back(tab, index):
    tab.open(index)
    box = "document.querySelector('#cifar100-full-learning .series input')"
    line = f"document.getElementById({box}.dataset.shows)"
    assert tab.run(f"{line}.getBoundingClientRect().width") > 0
    tab.run(f"{box}.click()")
    assert tab.run(f"{line}.getBoundingClientRect().width") == 0
    tab.run(f"{box}.click()")
    assert tab.run(f"{line}.getBoundingClientRect().width") > 0


def test_pointing_at_a_matrix_names_the_cell_and_its_number(tab, index):
    tab.open(index)
    figure = "document.querySelector('#cifar100-full-class-map')"
    tab.run(f"{figure}.scrollIntoView({{behavior: 'instant'}})")
    x, y = tab.run(
        f"(() => {{ const b = {figure}.querySelector('svg image').getBoundingClientRect();"
        " return [b.right - 2, b.top + 2]; })()"
    )
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    chosen = tab.run(f"[...{figure}.querySelectorAll('select')].map(s => s.selectedIndex)")
    assert chosen == [0, 2]
    values = tab.run(f"{figure}.dataset.values.split(';')[0].split(',')")
    assert tab.run(f"{figure}.querySelector('output').textContent") == f"{values[2]} %"


def test_printing_shows_every_approach(tab, index):
    tab.open(index)
    tab.call("Emulation.setEmulatedMedia", media="print")
    try:
        heights = tab.run(
            "[...document.querySelectorAll('#cifar100-full-approaches > section')]"
            ".map(s => s.offsetHeight)"
        )
        assert len(heights) == 3
        assert min(heights) > 300
    finally:
        tab.call("Emulation.setEmulatedMedia", media="")
