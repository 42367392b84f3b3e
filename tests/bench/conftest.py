"""The command line, a results folder with one real run in it, and models that need no compiler."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partialmethod
from pathlib import Path

import keras
import pytest

from bench.__main__ import main
from bench.approaches.registry import installed_approaches
from bench.engines.carry_out import carry_out
from bench.engines.inline import InlineEngine
from bench.engines.session import Session
from bench.leaderboard.files import write_leaderboard
from bench.planning.plan import plan
from bench.planning.request import Request
from bench.records.store import RunStore


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with one real run in it, made once; tests get copies."""
    folder = tmp_path_factory.mktemp("finished")
    planned = plan(Request(tier="smoke", approaches=("basic_cnn",)), installed_approaches())
    with eagerly():
        carry_out(planned, Session(RunStore(folder)), InlineEngine())
    write_leaderboard(RunStore(folder))
    return folder


@contextmanager
def eagerly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, run_eagerly=True))
        yield


@pytest.fixture(scope="module")
def eager() -> Iterator[None]:
    """Steps run as they are: compiling takes longer than the few of a tiny network."""
    with eagerly():
        yield


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command line in this process; gives (exit code, standard output, standard error)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def results(finished: Path, tmp_path: Path) -> Path:
    """A results folder with one real run in it."""
    return Path(shutil.copytree(finished, tmp_path / "results"))
