"""Scores from logits are scikit-learn's and SciPy's, for logits that lie near and far."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError
from scipy.special import log_softmax
from sklearn.metrics import accuracy_score, log_loss, recall_score, top_k_accuracy_score

from bench.records.logits import log_probabilities
from bench.records.metrics import (
    Scores,
    confidence_bin,
    expected_calibration_error,
    per_class_accuracy,
    score,
)
from bench.records.predictions import Predictions

CLASSES = 9
SCALES = st.sampled_from([1e-3, 1.0, 30.0, 1e5])


@st.composite
def outputs(draw):
    """Logits without ties, float64 (n, 9), and labels that hold every class."""
    n = draw(st.integers(CLASSES, 30))
    seed, scale = draw(st.integers(0, 2**32 - 1)), draw(SCALES)
    random = np.random.default_rng(seed)
    logits = scale * random.normal(size=(n, CLASSES))
    label = np.concatenate([np.arange(CLASSES), random.integers(0, CLASSES, n - CLASSES)])
    return logits, label


def kept(logits, label) -> Predictions:
    return Predictions.from_logits(logits, label, np.arange(len(label)))


@given(outputs())
def test_scores_are_those_of_scikit_learn(drawn) -> None:
    logits, label = drawn
    found = score(kept(logits, label))
    said = logits.argmax(axis=1)
    classes = np.arange(CLASSES)
    assert found.images == len(label)
    assert found.accuracy == pytest.approx(accuracy_score(label, said))
    assert found.top5_accuracy == pytest.approx(
        top_k_accuracy_score(label, logits, k=5, labels=classes)
    )
    exact = log_softmax(logits, axis=1)
    if exact.min() > -36:
        # scikit-learn clips below float64's epsilon, so its loss is exact only here.
        assert found.loss == pytest.approx(log_loss(label, np.exp(exact), labels=classes), rel=1e-6)
    assert found.loss == pytest.approx(-exact[np.arange(len(label)), label].mean(), rel=1e-6)


@given(outputs())
def test_accuracy_of_a_class_is_its_recall(drawn) -> None:
    logits, label = drawn
    found = per_class_accuracy(kept(logits, label), CLASSES)
    expected = recall_score(label, logits.argmax(axis=1), average=None, labels=np.arange(CLASSES))
    np.testing.assert_allclose(found, expected)


def test_class_without_an_image_has_no_accuracy() -> None:
    found = per_class_accuracy(kept(np.eye(4), np.array([0, 1, 1, 1])), 4)
    assert found == (1.0, 1 / 3, None, None)


@given(arrays(np.float32, (4, 6), elements=st.floats(-1e5, 1e5, width=32)))
def test_log_probabilities_are_scipys(logits) -> None:
    expected = log_softmax(logits.astype(np.float64), axis=1)
    np.testing.assert_allclose(log_probabilities(logits), expected, rtol=1e-12, atol=1e-12)


def test_calibration_error_by_hand() -> None:
    # Bins of 1/15: 0.5 and 0.52 share one, 0.9 has its own.
    confidence, credit = np.array([0.5, 0.52, 0.9, 1.0]), np.array([1, 0, 0.5, 1])
    expected = (abs(0.5 + 0.52 - 1) + abs(0.9 - 0.5) + 0) / 4
    assert expected_calibration_error(confidence, credit) == pytest.approx(expected)


def test_calibration_error_of_a_saturated_head_is_its_error_rate() -> None:
    logits = 1e5 * np.eye(4)[[0, 1, 2, 3]]
    assert score(kept(logits, np.array([0, 1, 2, 0]))).calibration_error == pytest.approx(0.25)


def test_calibration_error_is_over_fifteen_bins_whose_gaps_do_not_cancel_out() -> None:
    # 0.61 and 0.69 share a tenth but no fifteenth: gaps of 0.39 and 0.69, of opposite signs.
    found = expected_calibration_error(np.array([0.61, 0.69]), np.array([1.0, 0.0]))
    assert found == pytest.approx((0.39 + 0.69) / 2)


def test_a_fifteenth_is_no_fourteenth_and_no_sixteenth() -> None:
    # 0.59 and 0.61 share a fourteenth, 0.61 and 0.64 a fifteenth but no sixteenth.
    apart = expected_calibration_error(np.array([0.59, 0.61]), np.array([1.0, 0.0]))
    assert apart == pytest.approx((0.41 + 0.61) / 2)
    together = expected_calibration_error(np.array([0.61, 0.64]), np.array([1.0, 0.0]))
    assert together == pytest.approx((0.64 - 0.39) / 2)


def test_certainty_falls_into_the_last_bin() -> None:
    assert confidence_bin(np.array([0.0, 0.19, 0.2, 0.95, 1.0]), 10).tolist() == [0, 1, 2, 9, 9]
    assert confidence_bin(np.array([1.0])).tolist() == [14]


def test_a_sure_head_that_is_right_loses_next_to_nothing() -> None:
    # Four classes, 9 ahead: the loss is log(1 + 3 exp(-9)).
    found = score(kept(9.0 * np.eye(4), np.arange(4)))
    assert found.loss == pytest.approx(np.log1p(3 * np.exp(-9)), rel=1e-4)


@pytest.mark.parametrize(
    "impossible",
    [{"images": 0}, {"loss": -1e-3}, {"accuracy": 1.01}, {"accuracy": -0.01}, {"top5_accuracy": 2}],
)
def test_impossible_scores_are_refused(impossible) -> None:
    sound = {"images": 1, "accuracy": 1.0, "top5_accuracy": 1.0, "loss": 0.0}
    sound["calibration_error"] = 0.0
    assert Scores(**sound).images == 1
    with pytest.raises(ValidationError):
        Scores(**sound | impossible)
