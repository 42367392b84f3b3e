"""Records, the ledger, predictions and checkpoints that anybody may have written."""

import io
import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given

from bench.errors import BenchError
from bench.leaderboard.build import build
from bench.records.ledger import LEDGER, Ledger
from bench.records.predictions import Hits, Predictions
from bench.records.store import RECORD, RunStore
from bench.training.checkpoints import Checkpoint
from tests.support.factories import write_run
from tests.support.fuzzing import altered, damaged, drawn, fuzz, json_value, one_line, text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def place(folder: Path) -> Path:
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


def with_another_recipe(random: Random) -> dict:
    return RECORD_VALUE | {"recipe": json_value(random)}


def npz(values: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **values)
    return buffer.getvalue()


TYPES = ("<i4", "|u1", "<f4", "<f2", "<f8", "<c8", "|b1", "<U3", ">i4", "<i8")
SHAPES = ((), (0,), (3,), (3, 5), (2, 5), (3, 5, 1), (1, 0))


def array(random: Random) -> np.ndarray:
    """Of any type and shape that a file can hold, with any bytes in it."""
    dtype, shape = np.dtype(random.choice(TYPES)), random.choice(SHAPES)
    size = dtype.itemsize * int(np.prod(shape))
    if dtype.kind == "U":
        return np.full(shape, random.choice(("", "1", "nan", "abc")), dtype)
    content = random.choice((bytes(size), random.randbytes(size), b"\1" * size))
    # A byte that is neither 0 nor 1 is no truth value.
    return (
        np.frombuffer(content, "|u1").astype(bool).reshape(shape)
        if dtype.kind == "b"
        else (np.frombuffer(content, dtype).reshape(shape))
    )


def predictions(random: Random) -> dict[str, np.ndarray]:
    """The arrays of a file, one or two of them changed and perhaps one left out."""
    found = dict(PREDICTIONS)
    for _ in range(random.randint(1, 2)):
        found[random.choice(sorted(PREDICTIONS))] = array(random)
    if random.randrange(4) == 0:
        del found[random.choice(sorted(found))]
    return found


def ledger(random: Random) -> str:
    """Lines that are JSON or are not."""
    lines = [random.choice((json.dumps(json_value(random)), text(random, 20))) for _ in range(3)]
    return "\n".join(lines[: random.randrange(4)])


@fuzz
@given(value=altered(RECORD_VALUE))
@pytest.mark.promise("a record has any JSON in any place", "read, or one line")
def test_record_is_read_or_named(place: Path, folder: Path, value) -> None:
    (place / RECORD).write_text(json.dumps(value))
    store = RunStore(folder / "store")
    try:
        store.read(place)
    except BenchError as error:
        assert one_line(error), str(error)
        assert [one.folder for one in store.unreadable()] == [place]


@fuzz
@given(value=drawn(with_another_recipe) | altered(RECORD_VALUE))
@pytest.mark.promise("a record says anything that is valid", "the leaderboard stands")
def test_leaderboard_stands_whatever_a_record_says(place: Path, folder: Path, value) -> None:
    (place / RECORD).write_text(json.dumps(value))
    try:
        build(RunStore(folder / "store"))
    except BenchError as error:
        assert one_line(error), str(error)


@fuzz
@given(content=damaged(json.dumps(RECORD_VALUE).encode()))
@pytest.mark.promise("bytes of a record are damaged", "read, or one line")
def test_damaged_bytes_of_a_record_are_named(place: Path, folder: Path, content: bytes) -> None:
    (place / RECORD).write_bytes(content)
    try:
        RunStore(folder / "store").read(place)
    except BenchError as error:
        assert one_line(error), str(error)


@fuzz
@given(content=drawn(ledger))
@pytest.mark.promise("the ledger has any lines", "read, or one line")
def test_ledger_is_read_or_its_line_is_named(folder: Path, content: str) -> None:
    path = folder / LEDGER
    path.write_text(content, encoding="utf-8", errors="replace")
    try:
        Ledger(path).entries()
    except BenchError as error:
        assert one_line(error), str(error)
    Ledger(path).read()


@fuzz
@given(values=drawn(predictions))
@pytest.mark.promise("predictions hold any arrays", "read, or one line")
def test_predictions_of_any_arrays_are_read_or_named(folder: Path, values) -> None:
    path = folder / "predictions.npz"
    path.write_bytes(npz(values))
    for load in (Predictions.load, Hits.load):
        try:
            load(path)
        except BenchError as error:
            assert str(path) in str(error)


@fuzz
@given(content=damaged(npz(PREDICTIONS)))
@pytest.mark.promise("bytes of predictions are damaged", "read, or one line")
def test_damaged_predictions_are_read_or_named(folder: Path, content: bytes) -> None:
    path = folder / "damaged.npz"
    path.write_bytes(content)
    for load in (Predictions.load, Hits.load):
        try:
            load(path)
        except BenchError as error:
            assert str(path) in str(error)


@fuzz
@given(history=altered([EPOCH, EPOCH]) | drawn(json_value))
@pytest.mark.promise("a checkpoint has any history", "read, or one line")
def test_checkpoint_of_any_history_is_read_or_named(folder: Path, history) -> None:
    path = folder / "checkpoint.npz"
    path.write_bytes(npz({"history": np.array(json.dumps(history))}))
    try:
        Checkpoint.load(path)
    except BenchError as error:
        assert str(path) in str(error)


@fuzz
@given(content=damaged(npz({"history": np.array(json.dumps([EPOCH])), "best_0": np.ones(3)})))
@pytest.mark.promise("bytes of a checkpoint are damaged", "read, or one line")
def test_damaged_checkpoint_is_read_or_named(folder: Path, content: bytes) -> None:
    path = folder / "damaged-checkpoint.npz"
    path.write_bytes(content)
    try:
        Checkpoint.load(path)
    except BenchError as error:
        assert str(path) in str(error)
