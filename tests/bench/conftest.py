"""The command line, and a results folder with one real run in it."""

import shutil
import sys
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.matrix import run_matrix
from bench.planning import Request, plan


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with one real run in it, made once; tests get copies."""
    folder = tmp_path_factory.mktemp("finished")
    run_matrix(plan(Request(tier="smoke", approaches=("basic_cnn",), results=folder)))
    return folder


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
