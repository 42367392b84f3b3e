"""Whatever lies where a checkpoint should be is taken up or named in one line."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from bench.errors import BenchError
from bench.training.checkpoints import Checkpoint, load_weights, save_weights
from bench.training.loop import TrainingState, fit, with_input_pipeline
from tests.support.small_training import RECIPE, TRAIN, VALIDATION, network

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(scope="module")
def arrays(eager: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """What a checkpoint after two epochs holds."""
    path = tmp_path_factory.mktemp("checkpoint") / "c.npz"
    fit(state(path), TRAIN)
    with np.load(path) as stored:
        return dict(stored)


def state(path: Path, model: keras.Model | None = None) -> TrainingState:
    pipeline = with_input_pipeline(model or network(), RECIPE, TRAIN.samples, 5)
    return TrainingState(pipeline, RECIPE, VALIDATION, epochs=3, seed=5, checkpoint=path)


def refused(path: Path, words: str) -> None:
    with pytest.raises(BenchError, match=words) as caught:
        state(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "history",
    [None, 5, "text", [None], [5], [[]], [{}], [{"loss": "x"}], {"loss": 1}, [{"unknown": 1}]],
)
@pytest.mark.promise(
    "a checkpoint has another history than any training",
    "one line that names the file",
)
def test_history_that_is_none_is_named(tmp_path: Path, arrays, history) -> None:
    path = tmp_path / "c.npz"
    np.savez(path, **arrays | {"history": np.array(json.dumps(history))})
    refused(path, "is damaged")


def test_text_that_is_no_json_is_named(tmp_path: Path, arrays) -> None:
    for text in ("", "[" * 100_000, "nul"):
        np.savez(tmp_path / "c.npz", **arrays | {"history": np.array(text)})
        refused(tmp_path / "c.npz", "is damaged")


@pytest.mark.promise("a checkpoint is of another model", "refused; the model stays as it was")
def test_checkpoint_of_another_model_changes_nothing(tmp_path: Path, arrays) -> None:
    path = tmp_path / "c.npz"
    np.savez(path, **arrays)
    other = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(4)]
    )
    before = other.get_weights()
    with pytest.raises(BenchError, match="is of another model; delete it and run again"):
        state(path, other)
    for one, two in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("group", ["variables", "optimizer", "best"])
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda value: value[..., None], "another model"),
        (lambda value: np.full(value.shape, np.nan, value.dtype), "no number"),
        (lambda value: np.full(value.shape, "x"), "<U1 for"),
    ],
    ids=["shape", "nan", "text"],
)
def test_variables_that_do_not_fit_are_named(tmp_path, arrays, group, spoil, words) -> None:
    name = next(n for n in arrays if n.startswith(group) and arrays[n].dtype.kind == "f")
    np.savez(tmp_path / "c.npz", **arrays | {name: spoil(arrays[name])})
    refused(tmp_path / "c.npz", words)


@pytest.mark.parametrize("group", ["variables", "optimizer", "best"])
def test_group_that_is_missing_is_named(tmp_path: Path, arrays, group) -> None:
    left = {name: value for name, value in arrays.items() if not name.startswith(group)}
    np.savez(tmp_path / "c.npz", **left)
    refused(tmp_path / "c.npz", "another model|lacks the best epoch")


@pytest.mark.promise("a folder lies where a checkpoint should be", "one line that names it")
def test_folder_where_the_file_should_be_is_named(tmp_path: Path) -> None:
    refused(tmp_path, "should be a file and is none")
    with pytest.raises(BenchError, match="should be a file and is none"):
        load_weights(network(), tmp_path)


@pytest.mark.promise("trained weights are missing or NaN", "one line that names them")
def test_weights_that_are_missing_or_no_numbers_are_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"w\.npz is missing"):
        load_weights(network(), tmp_path / "w.npz")
    model = network()
    first, *others = model.get_weights()
    model.set_weights([np.full_like(first, np.inf), *others])
    save_weights(model, tmp_path / "w.npz")
    with pytest.raises(BenchError, match="no number"):
        load_weights(network(), tmp_path / "w.npz")


def test_checkpoint_keeps_both_readings(tmp_path: Path, arrays) -> None:
    np.savez(tmp_path / "c.npz", **arrays)
    kept = Checkpoint.load(tmp_path / "c.npz")
    assert kept is not None
    model = with_input_pipeline(network(), RECIPE, TRAIN.samples, 5)
    assert [w.shape for w in kept.best] == [w.shape for w in model.get_weights()]
    assert fit(state(tmp_path / "c.npz"), TRAIN).last.epoch == 3
