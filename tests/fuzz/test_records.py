"""Records, the ledger, predictions and checkpoints that anybody may have written."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bench.errors import BenchError
from bench.leaderboard.build import build
from bench.records.ledger import LEDGER, Ledger
from bench.records.predictions import Hits, Predictions
from bench.records.store import RECORD, RunStore
from bench.training.checkpoints import Checkpoint
from tests.support.factories import write_run
from tests.support.fuzzing import INPUTS, JSON, altered, damaged, fuzz, one_line

# Not seen to end within two minutes on a loaded machine, so not yet in the smoke tier.
pytestmark = pytest.mark.skipif(INPUTS < 1_000, reason="too slow so far: tox -e fuzz")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    """A store with one sound run; the files in its folder are overwritten again and again."""
    return write_run(RunStore(folder / "store"), n=30)


def sound_record() -> dict:
    from bench.records.keeping import record_text
    from tests.support.factories import make_predictions, make_record

    return json.loads(record_text(make_record(make_predictions(n=30))))


RECORD_VALUE = sound_record()
PREDICTIONS = {
    "layout": np.array(2, np.uint8),
    "index": np.arange(3, dtype=np.int32),
    "label": np.array([0, 1, 2], np.uint8),
    "top_class": np.tile(np.arange(5, dtype=np.uint8), (3, 1)),
    "top_log_probability": np.tile(np.log(np.full(5, 0.2, np.float32)), (3, 1)),
    "label_log_probability": np.log(np.full(3, 0.2, np.float32)),
    "label_first_place": np.zeros(3, np.uint8),
    "label_last_place": np.full(3, 4, np.uint8),
}
EPOCH = {
    "loss": 1.0,
    "accuracy": 0.5,
    "validation_loss": None,
    "validation_accuracy": None,
    "seconds": 1.0,
}


def npz(values: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **values)
    return buffer.getvalue()


ARRAYS = arrays.arrays(
    st.sampled_from(["<i4", "|u1", "<f4", "<f2", "<f8", "<c8", "|b1", "<U3"]),
    st.sampled_from([(), (0,), (3,), (3, 5), (2, 5), (3, 5, 1), (1, 0)]),
)


@fuzz
@given(value=altered(RECORD_VALUE))
def test_record_is_read_or_named(run: Path, folder: Path, value) -> None:
    (run / RECORD).write_text(json.dumps(value))
    store = RunStore(folder / "store")
    try:
        store.read(run)
    except BenchError as error:
        assert one_line(error), str(error)
        assert [one.folder for one in store.unreadable()] == [run]


@fuzz
@given(value=altered(RECORD_VALUE["recipe"]))
def test_record_with_any_recipe_leaves_the_leaderboard_standing(run, folder, value) -> None:
    (run / RECORD).write_text(json.dumps(RECORD_VALUE | {"recipe": value}))
    try:
        build(RunStore(folder / "store"))
    except BenchError as error:
        assert one_line(error), str(error)


@fuzz
@given(content=damaged(json.dumps(RECORD_VALUE).encode()))
def test_damaged_bytes_of_a_record_are_named(run: Path, folder: Path, content: bytes) -> None:
    (run / RECORD).write_bytes(content)
    try:
        RunStore(folder / "store").read(run)
    except BenchError as error:
        assert one_line(error), str(error)


@fuzz
@given(lines=st.lists(JSON.map(json.dumps) | st.text(max_size=20), max_size=3))
def test_ledger_is_read_or_its_line_is_named(folder: Path, lines: list[str]) -> None:
    path = folder / LEDGER
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    try:
        Ledger(path).entries()
    except BenchError as error:
        assert one_line(error), str(error)
    Ledger(path).read()


@fuzz
@given(
    changed=st.dictionaries(st.sampled_from(sorted(PREDICTIONS)), ARRAYS, min_size=1, max_size=2),
    missing=st.sets(st.sampled_from(sorted(PREDICTIONS)), max_size=1),
)
def test_predictions_of_any_arrays_are_read_or_named(folder: Path, changed, missing) -> None:
    path = folder / "predictions.npz"
    values = {k: v for k, v in (PREDICTIONS | changed).items() if k not in missing}
    path.write_bytes(npz(values))
    for load in (Predictions.load, Hits.load):
        try:
            load(path)
        except BenchError as error:
            assert str(path) in str(error)


@fuzz
@given(content=damaged(npz(PREDICTIONS)))
def test_damaged_predictions_are_read_or_named(folder: Path, content: bytes) -> None:
    path = folder / "damaged.npz"
    path.write_bytes(content)
    for load in (Predictions.load, Hits.load):
        try:
            load(path)
        except BenchError as error:
            assert str(path) in str(error)


@fuzz
@given(history=altered([EPOCH]) | JSON, content=st.none() | damaged(npz({"a": np.arange(9)})))
def test_checkpoint_is_read_or_named(folder: Path, history, content: bytes | None) -> None:
    path = folder / "checkpoint.npz"
    path.write_bytes(content or npz({"history": np.array(json.dumps(history))}))
    try:
        Checkpoint.load(path)
    except BenchError as error:
        assert str(path) in str(error)
