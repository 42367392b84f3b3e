"""Counts of what is misclassified as what, by hand and against scikit-learn's."""

import numpy as np
from sklearn.metrics import confusion_matrix, recall_score

from bench.analysis.confusion import class_accuracy, counts

LABEL = np.array([0, 0, 0, 1, 2, 2])
SAID = np.array([0, 1, 1, 1, 0, 2])


def test_rows_are_the_right_classes_and_columns_the_predicted_ones() -> None:
    assert counts(LABEL, SAID, 4).tolist() == [
        [1, 2, 0, 0],
        [0, 1, 0, 0],
        [1, 0, 1, 0],
        [0, 0, 0, 0],
    ]


def test_counts_and_accuracies_are_scikit_learns() -> None:
    random = np.random.default_rng(0)
    label, said = random.integers(0, 7, 200), random.integers(0, 7, 200)
    matrix = counts(label, said, 7)
    np.testing.assert_array_equal(matrix, confusion_matrix(label, said))
    np.testing.assert_allclose(class_accuracy(matrix), recall_score(label, said, average=None))


def test_a_class_without_an_image_has_no_accuracy() -> None:
    found = class_accuracy(counts(LABEL, SAID, 4))
    np.testing.assert_allclose(found[:3], [1 / 3, 1, 1 / 2])
    assert np.isnan(found[3])
