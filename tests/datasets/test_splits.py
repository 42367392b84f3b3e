"""Splits are disjoint, complete and balanced, whatever the labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets import DataError, stratified_split, stratified_subset, tail_split

FRACTIONS = st.floats(0.05, 0.95)
SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def labels(draw: st.DrawFn) -> np.ndarray:
    """2 to 6 classes of 20 to 40 images in any order, not necessarily numbered without gaps."""
    sizes = draw(st.lists(st.integers(20, 40), min_size=2, max_size=6))
    values = draw(
        st.lists(st.integers(0, 255), min_size=len(sizes), max_size=len(sizes), unique=True)
    )
    ordered = np.repeat(np.array(values, np.uint8), sizes)
    return np.random.RandomState(draw(SEEDS)).permutation(ordered)


@pytest.mark.parametrize(
    ("fraction", "train", "validation"), [(0.2, 40_000, 10_000), (0.1, 45_000, 5_000)]
)
def test_tail_split_gives_the_documented_sizes(fraction, train: int, validation: int) -> None:
    first, last = tail_split(50_000, fraction)
    np.testing.assert_array_equal(first, np.arange(train))
    np.testing.assert_array_equal(last, np.arange(train, train + validation))
    assert first.dtype == last.dtype == np.int64


@given(n=st.integers(2, 100_000), fraction=FRACTIONS)
@settings(max_examples=60, deadline=None)
def test_tail_split_is_keras_validation_split(n: int, fraction: float) -> None:
    from keras.src.trainers.data_adapters.array_slicing import train_validation_split

    images = np.arange(n)
    try:
        expected, _ = train_validation_split(images, fraction), None
    except ValueError:
        with pytest.raises(DataError):
            tail_split(n, fraction)
        return
    for ours, theirs in zip(tail_split(n, fraction), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@given(labels=labels(), fraction=FRACTIONS, seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_stratified_split_is_disjoint_complete_and_balanced(labels, fraction, seed) -> None:
    train, validation = stratified_split(labels, fraction, seed)
    np.testing.assert_array_equal(
        np.sort(np.concatenate([train, validation])), np.arange(len(labels))
    )
    for label in np.unique(labels):
        held_out = np.count_nonzero(labels[validation] == label)
        assert abs(held_out - fraction * np.count_nonzero(labels == label)) <= 0.5 + 1e-9
    assert np.all(np.diff(train) > 0)
    assert np.all(np.diff(validation) > 0)


@given(labels=labels(), per_class=st.integers(1, 19), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_stratified_subset_is_balanced_and_nested(labels, per_class: int, seed: int) -> None:
    chosen = stratified_subset(labels, per_class, seed)
    _, counts = np.unique(labels[chosen], return_counts=True)
    assert counts.tolist() == [per_class] * len(np.unique(labels))
    assert np.all(np.diff(chosen) > 0)
    assert set(chosen) < set(stratified_subset(labels, per_class + 1, seed))


def test_whole_classes_are_all_records_in_order() -> None:
    labels = np.random.RandomState(0).permutation(np.repeat(np.arange(5), 8))
    np.testing.assert_array_equal(stratified_subset(labels, 8, seed=3), np.arange(40))


def test_stratified_subset_takes_all_of_a_class_that_has_no_more():
    labels = np.array([0, 1, 1, 1, 2, 2])
    assert np.bincount(labels[stratified_subset(labels, 2, seed=0)]).tolist() == [1, 2, 2]


@pytest.mark.parametrize("draw", [stratified_split, stratified_subset])
def test_seed_decides_the_draw(draw) -> None:
    labels = np.repeat(np.arange(10), 100)
    amount = 0.5 if draw is stratified_split else 50
    one, again, other = (np.hstack(draw(labels, amount, seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_draws_are_the_same_with_every_numpy() -> None:
    labels = np.tile(np.arange(3, dtype=np.uint8), 10)
    assert stratified_subset(labels, 2, seed=0).tolist() == [8, 9, 13, 14, 21, 28]


EIGHT = np.repeat(np.arange(2), 4)


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda: tail_split(10, 0.0), "fraction 0.0"),
        (lambda: tail_split(10, 1.5), "fraction 1.5"),
        (lambda: tail_split(10, float("nan")), "fraction nan"),
        (lambda: tail_split(1, 0.5), "1 images"),
        (lambda: stratified_split(EIGHT, 0.01, 0), "class 0 has 4 images"),
        (lambda: stratified_split(EIGHT, 0.5, -1), "seed -1"),
        (lambda: stratified_split(EIGHT - 1, 0.5, 0), "label -1"),
        (lambda: stratified_subset(EIGHT, 0, 0), "0 images per class"),
        (lambda: stratified_subset(EIGHT[:, None], 1, 0), r"shape \(8, 1\)"),
        (lambda: stratified_subset(EIGHT / 2, 1, 0), "float64"),
        (lambda: stratified_subset(EIGHT[:0], 1, 0), r"shape \(0,\)"),
    ],
)
def test_bad_arguments_are_named(call, names: str) -> None:
    with pytest.raises(DataError, match=names):
        call()
