import os
from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.system.files import atomic_writer, read_arrays

ARRAYS = {
    "empty": np.zeros((0, 5), np.float32),
    "text": np.array("[1, 2]"),
    "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "half": np.array([0.5, -2], np.float16),
    "big endian": np.array([1, 2], ">i4"),
    "scalar": np.array(True),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back_as_they_were_saved(tmp_path: Path, save, name: str) -> None:
    save(tmp_path / "some.npz", **ARRAYS)
    read = read_arrays(tmp_path / "some.npz", [name])[name]
    assert read.dtype == ARRAYS[name].dtype
    np.testing.assert_array_equal(read, ARRAYS[name])


@pytest.mark.promise(
    "a file is read while it is written again",
    "the reader gets the old one, whole",
)
def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text("old")
    with atomic_writer(path) as file:
        file.write(b"new, and longer")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new, and longer"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError(28, "No space")])
@pytest.mark.parametrize("before", ["old", None])
@pytest.mark.promise(
    "a write fails, is interrupted, or finds the disk full",
    "what was there stays, and nothing else is left",
)
def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, error, before) -> None:
    path = tmp_path / "some.txt"
    if before:
        path.write_text(before)

    def write() -> None:
        with atomic_writer(path) as file:
            file.write(b"half")
            file.flush()
            raise error

    with pytest.raises((BenchError, ValueError, KeyboardInterrupt)):
        write()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == (
        [("some.txt", "old")] if before else []
    )


@pytest.mark.promise(
    "the power is cut right after a write",
    "the name is never there before its contents",
)
def test_contents_are_on_the_disk_before_the_name(tmp_path: Path, monkeypatch) -> None:
    path, steps = tmp_path / "some.txt", []
    fsync, replace = os.fsync, Path.replace

    def synced(number: int) -> None:
        fsync(number)
        steps.append(("on disk", os.fstat(number).st_size))

    def replaced(self: Path, target: Path) -> Path:
        steps.append(("in place", self.stat().st_size))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    with atomic_writer(path) as file:
        file.write(b"12345")
    assert steps == [("on disk", 5), ("in place", 5)]


@pytest.mark.promise(
    "a file of arrays holds pickled objects",
    "refused in one line; nothing is unpickled",
)
def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", objects=np.array([{}]))
    with pytest.raises(BenchError, match="pickled objects"):
        read_arrays(tmp_path / "some.npz")


def test_missing_array_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", here=np.zeros(1))
    with pytest.raises(BenchError, match="there"):
        read_arrays(tmp_path / "some.npz", ["there"])
