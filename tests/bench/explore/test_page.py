"""The exploration as sections, as a page, and as a command."""

import dataclasses
import re
import sys
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.explore.exploration import explore
from bench.explore.page import page_text
from bench.pages.sections import Section, figures_of
from bench.records.store import RunStore
from tests.support.factories import write_run

pytestmark = pytest.mark.pages


SEED = 1


@pytest.fixture(scope="module")
def sections(dataset) -> tuple[Section, ...]:
    return explore(dataset, seed=SEED)


@pytest.fixture(scope="module")
def written(dataset, tmp_path_factory) -> Path:
    """What the command writes, in a folder of its own."""
    results = tmp_path_factory.mktemp("results")
    arguments = ["bench", "explore", "--dataset", "shapes100", "--seed", str(SEED)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.planning.datasets.load_dataset", lambda *_, **__: dataset)
        patch.setattr(sys, "argv", [*arguments, "--results", str(results)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code
    return results / "explore"


def test_every_caption_names_its_images_and_every_figure_has_an_alternative(
    sections, dataset
) -> None:
    names = [figure.name for figure in figures_of(sections)]
    assert len(names) == len(set(names)) == 11
    for figure in figures_of(sections):
        assert "shapes100 (synthetic images)" in figure.caption
        assert dataset.fingerprint[:12] not in figure.caption
        assert len(figure.alternative) > 60
        assert figure.size[0] == 9
    assert f"`{dataset.fingerprint[:12]}`" in sections[-1].text[0]
    assert sections[-1].folded
    for section in sections:
        assert all(len(row) == len(t.columns) for t in section.tables for row in t.rows)


def test_exploration_follows_the_report_names_its_records_and_writes_nothing(
    dataset, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = RunStore(tmp_path)
    images = dataclasses.replace(dataset, name="cifar100")
    folder = write_run(store, 0.4, n=300, fingerprint=dataset.fingerprint, tier="short")
    before = sorted(tmp_path.rglob("*"))
    found = {section.anchor: section for section in explore(images, store=store)}
    assert list(found) == [
        *("contents", "size", "balance", "augmenting"),
        *("published", "class-difficulty", "resizing", "near-duplicates", "origin"),
    ]
    section = found["class-difficulty"]
    texts = [section.text[0], *(content.caption for content in section.tables + section.figures)]
    assert all("plain, short tier (seed 0)" in text for text in texts)
    assert found["origin"].text[1] == f"Runs: `{folder.name}`."
    assert sorted(tmp_path.rglob("*")) == before


def test_no_figure_is_made_of_thousands_of_artists(sections, axes_of) -> None:
    for figure in figures_of(sections):
        artists = [a for axes in axes_of(figure) for a in axes.get_children()]
        assert len(artists) < 500


def test_page_links_every_figure_that_is_written_beside_it(written) -> None:
    text = (written / "README.md").read_text(encoding="utf-8")
    links = sorted(re.findall(r"\]\((figures/[^)]+)\)", text))
    assert links == sorted(f"figures/{path.name}" for path in written.glob("figures/*.png"))
    assert len(links) == len(list(written.glob("figures/*.svg"))) == 11
    assert "| training images         |" in text
    assert f"(seed {SEED})" in text


def test_page_is_the_same_bytes_each_time(sections, written) -> None:
    assert (written / "README.md").read_text(encoding="utf-8") == page_text(sections)
    figures = {figure.name: figure for figure in figures_of(sections)}
    for name in ("augmentation", "easy-and-hard", "nearest-cosines"):
        assert (written / f"figures/{name}.png").read_bytes() == figures[name].png()


@pytest.fixture
def bench(monkeypatch, capsys):
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--embedding", "resnet"), "unknown embedding 'resnet'"),
        (("--dataset", "mnist"), "unknown data set 'mnist'"),
        (("--data-dir", "nowhere"), "nowhere"),
        (("--embedding", "vgg19", "--weights", "w.txt"), "w.txt is neither .npz nor .h5"),
    ],
)
def test_bad_input_is_named_before_any_work(bench, arguments, message, tmp_path) -> None:
    code, _, err = bench("explore", *arguments, "--results", tmp_path)
    assert code == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not list(tmp_path.rglob("*.md"))
