"""What killed programs left is removed, and what another still writes is not."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.records.opening import check_writable
from bench.system import leftovers
from bench.system.files import atomic_writer

OTHER_HOST = "0123abcd"


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def left(folder: Path, host: str, process: int, age: float = 0) -> Path:
    path = folder / f".record.json.a1b2.{host}-{process}.tmp"
    path.write_text("half")
    os.utime(path, (time.time() - age,) * 2)
    return path


def own_host() -> str:
    return leftovers.suffix().split("-")[0].removeprefix(".")


@pytest.mark.promise("a killed run left a temporary file", "the next start removes it")
def test_the_file_of_a_process_that_is_gone_is_removed(tmp_path: Path, gone: int) -> None:
    (tmp_path / "deep").mkdir()
    path = left(tmp_path / "deep", own_host(), gone)
    assert leftovers.sweep(tmp_path) == [path]
    assert not path.exists()


@pytest.mark.promise("another process is writing while leftovers are swept", "its file stays")
def test_a_file_that_is_being_written_stays(tmp_path: Path) -> None:
    with atomic_writer(tmp_path / "record.json") as file:
        file.write(b"whole")
        assert leftovers.sweep(tmp_path) == []
    assert (tmp_path / "record.json").read_text() == "whole"


@pytest.mark.parametrize(("age", "swept"), [(0, False), (23 * 3600, False), (25 * 3600, True)])
@pytest.mark.promise(
    "a run on another machine left a temporary file in a shared folder",
    "it is removed once it is a day old",
)
def test_a_file_of_another_host_is_removed_when_it_is_old(
    tmp_path: Path, gone: int, age: float, swept: bool
) -> None:
    path = left(tmp_path, OTHER_HOST, gone, age)
    assert leftovers.sweep(tmp_path) == ([path] if swept else [])
    assert path.exists() != swept


@pytest.mark.promise("a temporary file belongs to another user", "it stays")
def test_a_file_of_another_user_stays(tmp_path: Path, gone: int, monkeypatch) -> None:
    path = left(tmp_path, own_host(), gone)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert leftovers.sweep(tmp_path) == []
    assert path.exists()


@pytest.mark.parametrize("name", [".hidden", "record.json.tmp", ".lock.tmp", "predictions.npz"])
def test_what_is_no_temporary_file_of_ours_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("somebody's")
    os.utime(tmp_path / name, (0, 0))
    assert leftovers.sweep(tmp_path) == []


@pytest.mark.promise("a leftover is a link", "the link goes, what it leads to stays")
def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path, gone: int) -> None:
    (tmp_path / "precious").write_text("kept")
    path = tmp_path / f".x.1.{own_host()}-{gone}.tmp"
    path.symlink_to(tmp_path / "precious")
    assert leftovers.sweep(tmp_path) == [path]
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_run_sweeps_before_it_begins(tmp_path: Path, gone: int) -> None:
    path = left(tmp_path, own_host(), gone)
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not path.exists()
