import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from bench.records.predictions import Predictions

# Of four trees: most classes are as likely as another.
VOTES = st.integers(0, 4).map(lambda votes: votes / 4)
FORESTS = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, min_side=5), elements=VOTES)


@given(FORESTS)
def test_likeliest_come_first_and_of_equal_ones_the_lower_number(probabilities) -> None:
    label = np.zeros(len(probabilities), np.uint8)
    kept = Predictions.from_probabilities(probabilities, label, np.arange(len(label)))
    for row, top in zip(probabilities, kept.top_class, strict=True):
        assert top.tolist() == sorted(range(len(row)), key=lambda c: (-row[c], c))[:5]
