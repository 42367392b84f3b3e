"""Every pair of rows: differences, corrected p-values, and the same pairs in another order."""

import pytest

from bench.analysis.pairwise import compared, reordered


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
