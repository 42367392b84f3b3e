"""Easy and hard classes follow from the answers, counted again here one by one."""

from collections import Counter

import numpy as np
import pytest

from bench.explore.class_difficulty import (
    EACH,
    ClassDifficulty,
    accuracy_figure,
    confused_pairs_figure,
    confused_sheet,
    ends_sheet,
    ends_table,
    measure,
    mistaken,
)
from bench.explore.evidence import Evidence, best_row, gather_evidence
from bench.records.metrics import per_class_accuracy
from bench.records.store import RunStore
from tests.support.factories import IMAGENET, RANDOM, write_run


@pytest.fixture
def store(tmp_path, dataset) -> RunStore:
    """Two seeds of one approach on the data set, and one run elsewhere."""
    store = RunStore(tmp_path)
    for seed in range(2):
        write(store, dataset, 0.4, seed=seed)
    write_run(store, 0.9, dataset="cifar100", fingerprint="e" * 64)
    return store


def write(store, dataset, accuracy, **fields):
    # Labels in these predictions run through the classes, so positions are chosen to fit.
    order = np.argsort(dataset.test.fine, kind="stable").reshape(-1, 3).T.ravel()
    fields = {"dataset": dataset.name, "fingerprint": dataset.fingerprint} | fields
    return write_run(store, accuracy, n=300, index=order.astype(np.int32), **fields)


def brute_force_pairs(evidence: Evidence) -> Counter:
    counts: Counter = Counter()
    for label, said in zip(evidence.label.tolist(), evidence.said.tolist(), strict=True):
        if label != said:
            counts[frozenset((label, said))] += 1
    return counts


class TestEvidence:
    def test_is_all_seeds_of_the_best_recorded_approach(self, dataset, store) -> None:
        write(store, dataset, 0.3, approach="forest", weights=IMAGENET)
        evidence = gather_evidence(dataset, store)
        assert len(evidence.label) == 600
        assert evidence.accuracy == pytest.approx(0.4)
        assert "plain, full tier (seeds 0, 1)" in evidence.source
        np.testing.assert_array_equal(dataset.test.fine[evidence.position], evidence.label)

    def test_prefers_the_full_tier_and_no_random_backbone(self, dataset, store) -> None:
        write(store, dataset, 0.8, tier="short", approach="forest", weights=IMAGENET)
        write(store, dataset, 0.9, approach="pretrained", weights=RANDOM)
        assert best_row(dataset, store)[1].identity.approach == "plain"

    def test_counts_a_seed_that_was_run_again_once(self, dataset, store) -> None:
        write(store, dataset, 0.5, key="again", started="2026-01-01T00:00:00+00:00")
        assert best_row(dataset, store)[1].first.key == "again"
        assert best_row(dataset, store)[1].seeds == (0, 1)

    def test_leads_to_the_report_where_that_shows_the_classes(self, dataset, store) -> None:
        page = store.root / "report" / "index.html"

        def links() -> set[str]:
            evidence = gather_evidence(dataset, store)
            table = ends_table(dataset, evidence, measure(dataset, evidence))
            return {row[table.columns.index("class")].href for row in table.cells}

        assert links() == {""}
        page.parent.mkdir()
        alone, map_of_all = "shapes100-full-plain-per-class", "shapes100-full-class-map"
        for parts, expected in (([alone], alone), ([alone, map_of_all], map_of_all), ([], "")):
            page.write_text("".join(f'<section id="{part}">' for part in parts))
            assert links() == {f"../report/index.html#{expected}" if expected else ""}
        page.unlink()
        page.parent.rmdir()

    def test_is_a_quick_classifier_where_nothing_is_recorded(self, dataset, tmp_path) -> None:
        evidence = gather_evidence(dataset, RunStore(tmp_path))
        assert "linear discriminant" in evidence.source
        np.testing.assert_array_equal(evidence.label, dataset.test.fine)


def test_bars_are_the_accuracies_of_the_stored_predictions(dataset, store, axes_of) -> None:
    evidence = gather_evidence(dataset, store)
    measured = measure(dataset, evidence)
    expected = np.mean(
        [
            per_class_accuracy(store.predictions(folder), dataset.num_classes)
            for folder in best_row(dataset, store)[1].folders
        ],
        axis=0,
    )
    drawn = [
        bar.get_width()
        for axes in axes_of(accuracy_figure(dataset, evidence, measured))
        for bars in axes.containers
        for bar in bars
    ]
    np.testing.assert_allclose(drawn, 100 * expected[list(measured.order)])
    assert drawn == sorted(drawn, reverse=True)


def test_confused_pairs_are_those_of_a_count_one_by_one(dataset, store, axes_of) -> None:
    evidence = gather_evidence(dataset, store)
    measured = measure(dataset, evidence)
    expected = brute_force_pairs(evidence)
    pairs = measured.pairs()
    found = [expected[frozenset(pair)] for pair in pairs]
    assert found == sorted(expected.values(), reverse=True)[: len(pairs)]
    (axes,) = axes_of(confused_pairs_figure(dataset, evidence, measured))
    forth, back = axes.containers
    for (a, b), one, two in zip(pairs, forth, back, strict=True):
        assert one.get_width() == ((evidence.label == a) & (evidence.said == b)).sum()
        assert two.get_width() == ((evidence.label == b) & (evidence.said == a)).sum()


def test_confused_images_are_of_the_class_they_are_named_by(dataset, store) -> None:
    evidence = gather_evidence(dataset, store)
    measured = measure(dataset, evidence)
    tiles = iter(confused_sheet(dataset, evidence, measured).tiles)
    for pair in measured.pairs():
        for label, said in (pair, pair[::-1]):
            positions = mistaken(evidence, label, said, EACH)
            assert len(set(positions.tolist())) == len(positions)
            for position in positions:
                np.testing.assert_array_equal(next(tiles).pixels, dataset.test.images[position])
                assert dataset.test.fine[position] == label
    assert next(tiles, None) is None


def test_ends_are_the_first_and_last_of_the_order(dataset, store) -> None:
    evidence = gather_evidence(dataset, store)
    measured = measure(dataset, evidence)
    rows = ends_table(dataset, evidence, measured).texts
    names = [dataset.fine_names[label].replace("_", " ") for label in measured.order]
    assert [row[1] for row in rows] == names[:10] + names[-10:]
    words = [w.text.split("\n")[0] for w in ends_sheet(dataset, measured).words[2:]]
    assert words[::2] == names[:6]
    assert words[1::2] == names[::-1][:6]


def test_class_without_images_has_no_place() -> None:
    measured = ClassDifficulty(np.array([[1, 1, 0], [0, 0, 0], [0, 0, 2]]))
    assert measured.order == (2, 0)
    assert measured.pairs() == ((0, 1),)
    assert np.isnan(measured.accuracy[1])
