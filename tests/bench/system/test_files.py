from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.system.files import read_arrays

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


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", objects=np.array([{}]))
    with pytest.raises(BenchError, match="objects"):
        read_arrays(tmp_path / "some.npz")


def test_missing_array_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", here=np.zeros(1))
    with pytest.raises(BenchError, match="there"):
        read_arrays(tmp_path / "some.npz", ["there"])
