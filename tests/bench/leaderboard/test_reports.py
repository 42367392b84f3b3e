"""Several reports side by side: each its own section, verdicts and words, on its own images."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bench.approaches import claim_sets
from bench.approaches.claims import Claim, ClaimSet, Documented, Number
from bench.engines.session import protocols_of
from bench.leaderboard.build import build
from bench.leaderboard.page import to_section
from bench.pages.markdown import to_markdown
from bench.planning.plan import Plan
from bench.planning.run_spec import spec_of
from bench.planning.tiers import get_tier
from bench.records.store import RunStore
from bench.report.build import build as build_report
from tests.support.factories import APPROACHES, make_predictions, make_record, write_run


def report(name: str, approach: str, value: float, dataset: str) -> ClaimSet:
    return ClaimSet(
        name=name,
        title=f"The report {name}",
        citation=f"the report {name} says",
        claims=(
            Claim(
                name="accuracy",
                section="1",
                words=f"we reach {value}",
                says=Number(approach, Documented("test_accuracy", value, 0.01, "1")),
            ),
        ),
        approaches=(approach,),
        dataset=dataset,
    )


ONE = report("one", "plain", 0.4, "cifar100")
OTHER = report("other", "unrun", 0.6, "folder")
KNOWN = tuple(
    dataclasses.replace(approach, documented=one.documented_of(approach.name))
    for approach in APPROACHES
    for one in (ONE, OTHER)
    if approach.name in one.approaches
)


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch):
    """Two reports of packages, and none that is built in."""
    claim_sets.installed_claim_sets.cache_clear()
    monkeypatch.setattr(claim_sets, "CLAIM_SETS", (ONE, OTHER))
    yield
    claim_sets.installed_claim_sets.cache_clear()


def store_of(folder: Path, **other: str) -> RunStore:
    """Three seeds of each report's approach, each under its own protocol, on its own images."""
    store = RunStore(folder)
    for seed in range(3):
        write_run(store, 0.4, seed=seed, approach="plain", protocol="a" * 64)
        given = {"dataset": "folder", "fingerprint": "e" * 64, **other}
        write_run(store, 0.4, seed=seed, approach="unrun", protocol="b" * 64, **given)
    return store


def test_each_report_has_its_section_and_its_verdicts(tmp_path: Path) -> None:
    board = build(store_of(tmp_path), KNOWN)
    found = [
        (section.dataset, [row.verdict for row in section.rows], section.claims.claims[0].claim_set)
        for section in board.sections
    ]
    assert found == [
        ("cifar100", ["reproduced"], "one"),
        ("folder", ["not reproduced"], "other"),
    ]
    # Approaches of the one are not missed in the section of the other.
    assert [section.not_run for section in board.sections] == [(), ()]
    page = to_markdown(to_section(board))
    assert "## Folder of images, full tier, The report other" in page
    assert "Documented is what the report one says; and what the report other says." in page


def test_two_reports_on_the_same_images_stand_apart_by_their_protocols(tmp_path: Path) -> None:
    same = {"dataset": "cifar100", "fingerprint": "f" * 64}
    store = store_of(tmp_path, **same)
    board = build(store, KNOWN)
    # The other report is of other images: its approach is not judged on these.
    assert [section.judged for section in board.sections] == [True, False]
    page = build_report(store, approaches=KNOWN)
    assert page.title == "CIFAR-100 benchmark report"


def test_page_of_one_report_says_nothing_of_another(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    for seed in range(3):
        write_run(store, 0.6, seed=seed, approach="unrun", dataset="folder", fingerprint="e" * 64)
    page = to_markdown(to_section(build(store, KNOWN)))
    assert "Documented is what the report other says." in page
    assert "the report one" not in page
    assert "CIFAR-100" not in page
    assert build_report(store, approaches=KNOWN).title == "Folder of images benchmark report"


def test_a_run_follows_the_protocol_of_its_own_report_on_its_own_images(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def committed(place: Path, asked: ClaimSet) -> str | None:
        return f"{asked.name} of {place.name}" if place == tmp_path else None

    monkeypatch.setattr("bench.engines.session.committed_protocol", committed)

    def protocols(dataset: str, tier: str = "full") -> dict[str, str]:
        runs = tuple(
            spec_of(
                approach,
                0,
                base=None,
                tier=get_tier(tier),
                dataset=dataset,
                fingerprint="f" * 64,
                backend="tensorflow",
                weights=None,
            )
            for approach in KNOWN
        )
        return dict(protocols_of(Plan(runs), tmp_path))

    assert protocols("cifar100") == {"plain": f"one of {tmp_path.name}"}
    assert protocols("folder") == {"unrun": f"other of {tmp_path.name}"}
    assert protocols("shapes100") == protocols("cifar100", "short") == {}


def test_sections_of_supplied_predictions_are_those_that_they_stand_in(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    given = make_record(approach="elsewhere", protocol=None, key="elsewhere-0")
    given = given.model_copy(update={"recipe": {"supplied": True}})
    predictions = make_predictions(seed=0)
    store.write(store.folder_of(given), given, predictions)
    board = build(store, KNOWN)
    (section,) = board.sections_of([given])
    assert {row.approach for row in section.rows} == {"plain", "elsewhere"}
    assert section.judged
    assert not any("paired" in note for note in section.notes)
