"""What a user or another process hands over: tables, weights, archives, plug-ins, options, jobs."""

import io
import json
import tarfile
from pathlib import Path
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from typer.main import get_command

from bench.approaches.approach import Approach
from bench.commands import app
from bench.engines.steps import Step
from bench.errors import BenchError
from bench.registry import load_named
from datasets import load_dataset
from datasets.errors import DataError
from models.errors import ModelError, WeightsError
from models.layer_tables import parse_table
from models.vgg19_weights import find_weights
from models.weight_files import read_weights
from tests.support.fuzzing import altered, damaged, drawn, fuzz, one_line, text
from tests.support.tiny import make_run

TABLE = (Path(__file__).parents[2] / "models/documented/basic_cnn.toml").read_bytes()
SHAPES = {"a_kernel": (3, 3, 2, 2), "a_bias": (2,)}
STEP = {"run": make_run("vgg19_96_forest").to_plain(), "asked": True, "needed": False}
ODD = ("-1", "0", "1000000000", "4294967296", "nan", "--", "\x1b[2J", "a:b", "../x", "*", "[", "é")
# Made once: making it takes longer than a command line.
COMMAND = get_command(app)
OPTIONS = ("--tier", "--approach", "--seeds", "--dataset", "--backend", "--weights", "--no-such")


def word(random: Random) -> str:
    return random.choice(ODD) if random.randrange(2) else text(random, 12)


def arguments(random: Random) -> list[str]:
    """Of a command; an unknown option last, so that nothing is ever run, however good the rest."""
    command = random.choice(("run", "verify", "list", "leaderboard", "ablate", "report"))
    pairs = [(random.choice(OPTIONS), word(random)) for _ in range(random.randint(1, 3))]
    return [command, *(part for pair in pairs for part in pair), "--no-such-option"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def weights() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **{name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()})
    return buffer.getvalue()


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in ("train.bin", "test.bin", "fine_label_names.txt"):
            member = tarfile.TarInfo(f"cifar-100-binary/{name}")
            member.size = 9
            tar.addfile(member, io.BytesIO(b"123456789"))
    return buffer.getvalue()


@fuzz
@given(content=damaged(TABLE))
@pytest.mark.promise("bytes of a layer table are damaged", "read, or one line")
def test_layer_table_is_read_or_named(content: bytes) -> None:
    try:
        parse_table(content, "the table")
    except ModelError as error:
        assert one_line(error), str(error)


@fuzz
@given(content=damaged(weights()))
@pytest.mark.promise("bytes of weights are damaged", "read whole and finite, or one line")
def test_weights_are_read_whole_and_finite_or_named(content: bytes) -> None:
    try:
        found = read_weights(content, SHAPES, "the file")
    except WeightsError as error:
        assert one_line(error), str(error)
    else:
        assert {name: array.shape for name, array in found.items()} == SHAPES
        assert all(np.isfinite(array).all() for array in found.values())


@fuzz
@given(content=damaged(archive()))
@pytest.mark.promise("bytes of an archive are damaged", "one line")
def test_archive_is_no_data_set_and_that_is_said(folder: Path, content: bytes) -> None:
    path = folder / "cifar-100-binary.tar.gz"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_dataset("cifar100", data_dir=path)
    assert one_line(caught.value), str(caught.value)


@fuzz
@given(name=drawn(word))
def test_weights_of_any_name_are_refused_in_one_line(folder: Path, name: str) -> None:
    with pytest.raises(WeightsError) as caught:
        find_weights(str(folder / "absent" / name), download=False)
    assert one_line(caught.value), str(caught.value)


@fuzz
@given(module=drawn(word), name=drawn(word))
@pytest.mark.promise("a plug-in has any name", "loaded, or one line")
def test_plug_in_of_any_name_is_loaded_or_refused_in_one_line(module: str, name: str) -> None:
    with pytest.raises(BenchError) as caught:
        load_named("approach", f"{module}:{name}", Approach)
    assert one_line(caught.value), str(caught.value)


@fuzz
@given(plain=altered(STEP))
@pytest.mark.promise("a job has any values", "read, or one line")
def test_job_is_read_or_refused_in_one_line(plain) -> None:
    try:
        step = Step.from_plain(json.loads(json.dumps(plain)))
    except BenchError as error:
        assert one_line(error), str(error)
    else:
        assert len(step.run.key) == 12


@fuzz
@given(words=drawn(arguments))
@pytest.mark.promise("the command line holds any words", "never a traceback")
def test_command_line_never_ends_in_a_traceback(words: list[str]) -> None:
    result = CliRunner().invoke(COMMAND, words)
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit | BenchError)
