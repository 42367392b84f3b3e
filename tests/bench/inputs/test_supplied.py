"""Predictions from elsewhere: what fits is taken, and each misfit is refused in one line."""

from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.inputs.supplied import fitting, read_supplied

CLASSES = 6
LABELS = np.array([3, 0, 5, 1, 3, 2, 4, 1], np.uint8)
ALL = np.arange(len(LABELS))


def logits() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(len(LABELS), CLASSES)).astype(np.float32)


def softmax(values: np.ndarray) -> np.ndarray:
    raised = np.exp(values)
    return raised / raised.sum(axis=1, keepdims=True)


def write(folder: Path, **arrays: np.ndarray) -> Path:
    np.savez(folder / "p.npz", **arrays)
    return folder / "p.npz"


def check(path: Path, chosen: np.ndarray = ALL):
    return fitting(read_supplied(path), LABELS, CLASSES, chosen)


def test_logits_and_their_probabilities_say_the_same(tmp_path: Path) -> None:
    one = check(write(tmp_path, logits=logits()))
    other = check(write(tmp_path, probabilities=softmax(logits()), label=LABELS, index=ALL))
    np.testing.assert_array_equal(one.top_class, other.top_class)
    expected = np.log(softmax(logits().astype(np.float64)))[ALL, LABELS]
    for found in (one, other):
        np.testing.assert_allclose(found.label_log_probability, expected, rtol=1e-5)


def test_table_says_the_same_as_arrays(tmp_path: Path) -> None:
    head = ",".join(["index", "label", *(f"logit_{k}" for k in range(CLASSES))])
    lines = [
        ",".join(map(repr, [int(i), int(label), *map(float, values)]))
        for i, label, values in zip(ALL, LABELS, logits(), strict=True)
    ]
    (tmp_path / "p.csv").write_text("\n".join([head, *lines]) + "\n")
    one, other = check(tmp_path / "p.csv"), check(write(tmp_path, logits=logits()))
    np.testing.assert_array_equal(one.label_log_probability, other.label_log_probability)


def test_tier_scores_its_own_images(tmp_path: Path) -> None:
    chosen = np.array([1, 4])
    part = check(write(tmp_path, logits=logits()), chosen)
    assert part.index.tolist() == [1, 4]
    assert part.label.tolist() == [0, 3]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"logits": logits()[:5]}, "logits of shape 5 x 6; 8 x 6 are wanted"),
        ({"logits": logits()[:, :5]}, "logits of shape 8 x 5; 8 x 6 are wanted"),
        ({"logits": logits()[:, 0]}, "logits of shape 8; 8 x 6 are wanted"),
        ({"logits": np.where(logits() > 1, np.nan, logits())}, "some logits are not finite"),
        ({"probabilities": logits()}, "probabilities from -.* give them as logits"),
        ({"probabilities": 0.5 * softmax(logits())}, "probabilities of image 5 sum to 0.5$"),
        ({"logits": logits(), "index": ALL[::-1]}, "in another order; sort all by index"),
        ({"logits": logits(), "index": ALL + 1}, "index names other images; .* 0 to 7"),
        ({"logits": logits(), "label": LABELS[::-1]}, "labels are wrong; .* in another order"),
        ({"logits": logits(), "label": LABELS % 3}, "labels are wrong; these are other images"),
        ({"logits": logits(), "label": LABELS[:3]}, "3 labels of 8 test images"),
        ({"scores": logits()}, "either probabilities or logits, holds -"),
        ({"logits": logits(), "probabilities": softmax(logits())}, "either probabilities or"),
    ],
)
def test_misfit_is_refused_in_one_line(arrays: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=message) as refused:
        check(write(tmp_path, **arrays))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"index,logit_0\n1,x\n", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["p.npz", "p.csv"])
def test_damaged_file_is_refused(content: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BenchError, match=r"p\.(npz|csv)"):
        read_supplied(tmp_path / name)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="there is no such file"):
        read_supplied(tmp_path / "p.npz")
