"""Every pair of rows: differences, corrected p-values, and the same pairs in another order."""

from types import SimpleNamespace

import numpy as np
import pytest

from bench.analysis.pairwise import compared, paired_p_values, reordered
from bench.analysis.statistics import paired_test
from bench.records.predictions import Hits

IMAGES = 40
DRAWS = np.random.default_rng(5).random((6, IMAGES)) < np.linspace(0.2, 0.9, 6)[:, None]
CREDIT = DRAWS.astype(np.float64)


def hits(of: int, order=None) -> Hits:
    index = np.arange(IMAGES, dtype=np.int32)
    return Hits(index=index if order is None else index[order], credit=CREDIT[of])


def p_values_of(*rows: list[Hits]) -> tuple[dict[tuple[int, int], float], list[tuple[str, ...]]]:
    """P-values of rows that hold these hits, and which folders were loaded."""
    loaded: list[tuple[str, ...]] = []

    def load(folders):
        loaded.append(folders)
        return [rows[int(name.split("/")[0])][int(name.split("/")[1])] for name in folders]

    named = [
        SimpleNamespace(folders=tuple(f"{row}/{run}" for run in range(len(runs))))
        for row, runs in enumerate(rows)
    ]
    return paired_p_values(named, load), loaded


def test_each_pair_is_tested_over_all_its_seeds():
    found, loaded = p_values_of([hits(0), hits(1)], [hits(2), hits(3)], [hits(4), hits(5)])
    assert found == {
        (0, 1): paired_test(CREDIT[:2], CREDIT[2:4]),
        (0, 2): paired_test(CREDIT[:2], CREDIT[4:]),
        (1, 2): paired_test(CREDIT[2:4], CREDIT[4:]),
    }
    assert len(set(found.values())) == 3
    assert loaded == [("0/0", "0/1"), ("1/0", "1/1"), ("2/0", "2/1")]


def test_two_rows_are_a_pair_and_one_is_not_even_loaded():
    assert list(p_values_of([hits(0)], [hits(3)])[0]) == [(0, 1)]
    assert p_values_of([hits(0)]) == ({}, [])


def test_rows_on_other_images_are_left_out():
    turned = np.arange(IMAGES)[::-1]
    found, _ = p_values_of([hits(0)], [hits(1, turned)], [hits(2)], [hits(3, turned)])
    assert set(found) == {(0, 2), (1, 3)}
    # Nor does a row count whose own seeds saw other images.
    found, _ = p_values_of([hits(0)], [hits(1), hits(2, turned)], [hits(3)])
    assert set(found) == {(0, 2)}


def test_p_values_are_corrected_over_the_pairs_that_were_tested():
    first, second, third = compared((0.6, 0.5, 0.4), {(0, 1): 0.03, (0, 2): 0.01})
    assert [pair.difference for pair in (first, second, third)] == pytest.approx([0.1, 0.2, 0.1])
    # Holm: the smaller of two is doubled, the larger stays.
    assert (first.corrected, second.corrected) == (0.03, 0.02)
    assert first.significant
    assert second.significant
    assert (third.p, third.corrected, third.significant) == (None, None, False)


def test_pairs_follow_their_rows_into_another_order():
    p_values = {(0, 1): 0.1, (0, 2): 0.2}
    assert reordered(p_values, (2, 0, 1)) == {(0, 1): 0.2, (1, 2): 0.1}


def test_a_single_row_has_no_pair():
    assert compared((0.5,), {}) == ()
