"""Rows from memory and from disk are the same rows."""

from pathlib import Path

import numpy as np
import pytest

from bench.inputs.samples import SLAB_BYTES, ArrayRows, FileRows, Rows, Selection, slab_length

pytestmark = pytest.mark.smoke

ARRAY = np.arange(7 * 2 * 3, dtype=np.float16).reshape(7, 2, 3)


@pytest.fixture(params=["memory", "file", "selection"])
def rows(request: pytest.FixtureRequest, tmp_path: Path) -> Rows:
    if request.param == "memory":
        return ArrayRows(ARRAY)
    np.save(tmp_path / "rows.npy", ARRAY)
    stored = FileRows.open(tmp_path / "rows.npy")
    return stored if request.param == "file" else Selection(stored, np.arange(7))


def test_rows_come_in_the_order_asked_for(rows: Rows) -> None:
    index = np.array([6, 0, 3, 3])
    np.testing.assert_array_equal(rows.take(index), ARRAY[index])
    assert (len(rows), rows.row_shape, rows.dtype) == (7, (2, 3), np.float16)


def test_selection_counts_within_itself() -> None:
    chosen = Selection(ArrayRows(ARRAY), np.array([5, 2]))
    np.testing.assert_array_equal(chosen.take(np.array([1, 0])), ARRAY[[2, 5]])


def test_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.npy"
    np.save(path, ARRAY)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="is truncated"):
        FileRows.open(path)


def test_slab_is_whole_batches_within_its_size() -> None:
    rows = ArrayRows(np.empty((4, 12 * 12 * 512), np.float16))
    length = slab_length(rows, 128)
    assert length % 128 == 0
    assert length * 12 * 12 * 512 * 4 <= SLAB_BYTES < (length + 128) * 12 * 12 * 512 * 4
