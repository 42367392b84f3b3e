"""A foreign package called `datasets` or `models` ends in one clear line."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.system.foreign_packages import NEIGHBOURS, foreign_neighbour


def run_bench(*arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, with `path` searched first for modules."""
    code = f"import sys; sys.path.insert(0, {str(path)!r}); from bench.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_own_packages_are_no_strangers() -> None:
    assert foreign_neighbour() is None


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_stranger_is_named_with_the_fix(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    done = run_bench("list", path=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"another package called {name!r} was found at {tmp_path / name}" in done.stderr
    assert f"run pip uninstall {name}" in done.stderr


@pytest.mark.network
def test_hugging_face_datasets_is_recognised_as_a_stranger(tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*install, "--target", str(tmp_path), "datasets"], check=True)
    done = run_bench("list", path=tmp_path)
    assert done.returncode == 2
    assert "another package called 'datasets'" in done.stderr
