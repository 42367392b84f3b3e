"""Predictions: what is kept is exact, complete, and blind to the order of the classes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from bench.errors import BenchError
from bench.records.metrics import per_class_accuracy, score
from bench.records.predictions import FLOOR, Hits, Predictions

# Of four trees: most classes are as likely as another.
VOTES = st.integers(0, 4).map(lambda votes: votes / 4)
FORESTS = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, min_side=5), elements=VOTES)
# Few values, so that there are ties; far apart, as a saturated head says them.
FAR = st.sampled_from([-1e5, -3.5, 0.0, 2.0, 2.5, 1e5])
LOGITS = arrays(np.float32, st.tuples(st.integers(1, 8), st.integers(1, 9)), elements=FAR)


def kept(logits: np.ndarray, label: np.ndarray | None = None) -> Predictions:
    label = np.arange(len(logits)) % logits.shape[1] if label is None else label
    return Predictions.from_logits(logits, label, np.arange(len(logits)))


def drawn(n: int = 40, classes: int = 100, seed: int = 0) -> Predictions:
    logits = np.random.default_rng(seed).normal(size=(n, classes)).astype(np.float32)
    return kept(logits)


@given(FORESTS)
def test_most_probable_come_first_and_of_equal_ones_the_lower_number(probabilities) -> None:
    label = np.zeros(len(probabilities), np.uint8)
    kept = Predictions.from_probabilities(probabilities, label, np.arange(len(label)))
    for row, top in zip(probabilities, kept.top_class, strict=True):
        assert top.tolist() == sorted(range(len(row)), key=lambda c: (-row[c], c))[:5]


@given(LOGITS, st.randoms(use_true_random=False))
def test_no_score_depends_on_the_order_of_the_classes(logits, random) -> None:
    classes = logits.shape[1]
    order = np.array(random.sample(range(classes), classes))
    label = np.array([random.randrange(classes) for _ in logits])
    here = kept(logits, label)
    # Class c is called order[c] there.
    elsewhere = np.empty_like(logits)
    elsewhere[:, order] = logits
    there = kept(elsewhere, order[label])
    assert score(here) == score(there)
    np.testing.assert_array_equal(here.credit, there.credit)
    by_class = per_class_accuracy(there, classes)
    assert per_class_accuracy(here, classes) == tuple(by_class[c] for c in order)


@pytest.mark.parametrize(
    ("logits", "accuracy", "top5"),
    [
        ([3, 3, 3, 0, 0, 0, 0, 0], 1 / 3, 1.0),
        ([0, 9, 9, 0, 0, 0, 0, 0], 0.0, 3 / 6),
        ([0, 9, 9, 9, 9, 9, 0, 0], 0.0, 0.0),
        ([1, 9, 9, 9, 9, 1, 1, 0], 0.0, 1 / 3),
        ([9, 0, 0, 0, 0, 0, 0, 0], 1.0, 1.0),
    ],
)
def test_tie_counts_as_random_orders_would_on_average(logits, accuracy, top5) -> None:
    found = score(kept(np.array([logits], np.float32), np.array([0])))
    assert (found.accuracy, found.top5_accuracy) == (pytest.approx(accuracy), pytest.approx(top5))


def test_saturated_logits_keep_their_order_and_their_distance() -> None:
    logits = np.linspace(-1e5, 1e5, 100, dtype=np.float32)[None, ::-1]
    found = kept(logits, np.array([4]))
    assert found.top_class.tolist() == [[0, 1, 2, 3, 4]]
    assert score(found).top5_accuracy == 1
    np.testing.assert_allclose(found.label_log_probability, logits[:, 4] - logits[:, 0], rtol=1e-6)
    assert score(kept(logits, np.array([99]))).loss == 2e5


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("make", [Predictions.from_logits, Predictions.from_probabilities])
def test_what_is_not_finite_is_refused(make, poison) -> None:
    scores = np.full((3, 6), 0.1, np.float32)
    scores[1, 2] = poison
    with pytest.raises(BenchError, match="not finite for 1 of 3 images"):
        make(scores, np.zeros(3, int), np.arange(3))


@pytest.mark.parametrize(
    ("label", "index", "words"),
    [
        ([0, 6, 0], [0, 1, 2], "labels 0 to 6 of 6 classes"),
        ([0, -1, 0], [0, 1, 2], "labels -1 to 0 of 6 classes"),
        ([0, 1], [0, 1, 2], "3 predictions, 2 labels and 3 indices"),
        ([0, 1, 2], [0], "3 predictions, 3 labels and 1 indices"),
    ],
)
def test_labels_that_do_not_fit_are_refused(label, index, words) -> None:
    with pytest.raises(BenchError, match=words):
        Predictions.from_logits(np.zeros((3, 6)), np.array(label), np.array(index))


def test_logits_given_as_probabilities_are_refused() -> None:
    with pytest.raises(BenchError, match="not between 0 and 1"):
        Predictions.from_probabilities(np.full((1, 6), 1.5), np.zeros(1, int), np.zeros(1, int))


def test_exact_zero_of_a_forest_costs_the_log_of_the_smallest_float32() -> None:
    votes = np.array([[0.0, 1.0, 0, 0, 0, 0]], np.float32)
    found = Predictions.from_probabilities(votes, np.array([0]), np.array([0]))
    assert score(found).loss == pytest.approx(87.3365, abs=1e-4) == pytest.approx(-np.log(FLOOR))
    # The four classes without a vote share places 2 to 6 with the right one.
    assert score(found).top5_accuracy == pytest.approx(4 / 5)


def test_ten_thousand_images_stay_under_400_kilobytes_and_come_back(tmp_path: Path) -> None:
    whole = drawn(10_000)
    whole.save(tmp_path / "p.npz")
    assert (tmp_path / "p.npz").stat().st_size < 400_000
    back = Predictions.load(tmp_path / "p.npz")
    for name, value in vars(whole).items():
        np.testing.assert_array_equal(getattr(back, name), value)
    hits = Hits.load(tmp_path / "p.npz")
    np.testing.assert_array_equal(hits.credit, whole.credit)
    np.testing.assert_array_equal(hits.index, whole.index)


def first_layout() -> dict[str, np.ndarray]:
    return {
        "index": np.array([4, 9, 2], np.int32),
        "label": np.array([7, 1, 0], np.uint8),
        "top_class": np.array(
            [[7, 0, 1, 2, 3], [3, 2, 1, 0, 4], [9, 8, 7, 6, 5]], np.uint8
        ),
        "top_probability": np.array(
            [[0.7, 0.1, 0, 0, 0], [0.3, 0.3, 0.3, 0, 0], [0.5, 0.2, 0, 0, 0]], np.float16
        ),
        "label_log_probability": np.array([-0.3567, -1.204, -87.3], np.float16),
    }  # fmt: skip


def test_first_layout_is_scored_as_its_records_say(tmp_path: Path) -> None:
    stored = first_layout()
    np.savez(tmp_path / "old.npz", **stored)
    old = Predictions.load(tmp_path / "old.npz")
    found = score(old)
    assert (found.accuracy, found.top5_accuracy) == (1 / 3, 2 / 3)
    # A tie there counts for whoever was stored first.
    assert old.credit.tolist() == Hits.load(tmp_path / "old.npz").credit.tolist() == [1, 0, 0]
    assert found.loss == -float(stored["label_log_probability"].astype(np.float64).mean())
    np.testing.assert_array_equal(old.top_probability, stored["top_probability"])
    old.save(tmp_path / "again.npz")
    with np.load(tmp_path / "again.npz") as again:
        assert set(again) == set(stored)
        for name, value in stored.items():
            np.testing.assert_array_equal(again[name], value)


@pytest.mark.parametrize("name", list(first_layout()))
@pytest.mark.parametrize(
    "spoil",
    [
        lambda array: array[0].sum(),
        lambda array: array[:-1],
        lambda array: array.astype(np.float64),
        lambda array: np.array(["text"] * 3),
        lambda array: array[..., None],
    ],
    ids=["scalar", "short", "type", "text", "shape"],
)
def test_arrays_that_are_no_predictions_are_named_in_one_line(tmp_path, name, spoil) -> None:
    np.savez(tmp_path / "p.npz", **first_layout() | {name: spoil(first_layout()[name])})
    with pytest.raises(BenchError, match=r"p\.npz cannot be read as predictions") as caught:
        Predictions.load(tmp_path / "p.npz")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("arrays", [{}, {"layout": np.array(3)}, {"layout": np.array([2, 2])}])
def test_other_layouts_are_refused(tmp_path: Path, arrays) -> None:
    np.savez(tmp_path / "p.npz", **arrays)
    with pytest.raises(BenchError, match="cannot be read as predictions"):
        Predictions.load(tmp_path / "p.npz")


@pytest.mark.parametrize("layout", [np.array(3, np.uint8), np.array([2, 2], np.uint8)])
@pytest.mark.promise("predictions come from a later version", "refused in one line")
def test_a_later_layout_is_not_read_as_this_one(tmp_path: Path, layout) -> None:
    drawn().save(tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz") as stored:
        np.savez(tmp_path / "p.npz", **{**stored, "layout": layout})
    for load in (Predictions.load, Hits.load):
        with pytest.raises(BenchError, match=r"cannot be read as predictions \(layout"):
            load(tmp_path / "p.npz")


@pytest.mark.promise("predictions are missing or damaged", "one line that names the file")
def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "d.npz").write_bytes(b"PK\x03\x04")
    for path in (tmp_path / "none.npz", tmp_path / "d.npz", tmp_path):
        for load in (Predictions.load, Hits.load):
            with pytest.raises(BenchError, match="cannot be read as predictions"):
                load(path)


def forged(field: str, change) -> Predictions:
    predictions = drawn()
    value = getattr(predictions, field).copy()
    value[0] = change(value[0])
    return replace(predictions, **{field: value})


@pytest.mark.parametrize(
    "forgery",
    [
        forged("label_first_place", lambda place: 0),
        forged("label_last_place", lambda place: place - 1),
        forged("label_log_probability", lambda value: -0.01),
        forged("label_log_probability", lambda value: np.nan),
        forged("top_class", lambda top: np.full_like(top, 0)),
        forged("top_class", lambda top: np.array([0, 97, 98, 96, 95])),
        forged("label", lambda label: drawn().top_class[0, 0]),
        forged("top_log_probability", lambda values: values[::-1]),
    ],
)
@pytest.mark.promise("predictions contradict themselves", "refused in one line")
def test_what_is_stored_twice_must_agree(tmp_path: Path, forgery: Predictions) -> None:
    forgery.save(tmp_path / "p.npz")
    with pytest.raises(BenchError, match="do not agree"):
        Predictions.load(tmp_path / "p.npz")


def test_positions_of_the_images_are_kept_as_given() -> None:
    index = np.array([40_000, 7, 123])
    for make in (Predictions.from_logits, Predictions.from_probabilities):
        found = make(np.full((3, 6), 0.1, np.float32), np.array([5, 0, 2]), index)
        assert found.index.tolist() == found.hits.index.tolist() == [40_000, 7, 123]
        assert found.label.tolist() == [5, 0, 2]
