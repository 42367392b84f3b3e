"""Samples from memory and from disk are the same samples."""

from pathlib import Path

import numpy as np
import pytest

from bench.inputs.samples import (
    SLAB_BYTES,
    ArraySamples,
    Samples,
    Selection,
    slab_length,
)
from bench.inputs.stored_features import Layout, StoredFeatures

ARRAY = np.arange(7 * 2 * 3, dtype=np.float16).reshape(7, 2, 3)


@pytest.fixture(params=["memory", "file", "selection"])
def samples(request: pytest.FixtureRequest, tmp_path: Path) -> Samples:
    if request.param == "memory":
        return ArraySamples(ARRAY)
    layout, path = Layout("1f", 7, (2, 3)), tmp_path / "samples.npy"
    path.write_bytes(layout.header + layout.entries(ARRAY, 0).tobytes())
    stored = StoredFeatures(path, layout, lambda index: pytest.fail("damaged"), pytest.fail)
    return stored if request.param == "file" else Selection(stored, np.arange(7))


def test_rows_come_in_the_order_asked_for(samples: Samples) -> None:
    index = np.array([6, 0, 3, 3])
    np.testing.assert_array_equal(samples.take(index), ARRAY[index])
    assert (len(samples), samples.sample_shape, samples.dtype) == (7, (2, 3), np.float16)


def test_selection_counts_within_itself() -> None:
    chosen = Selection(ArraySamples(ARRAY), np.array([5, 2]))
    np.testing.assert_array_equal(chosen.take(np.array([1, 0])), ARRAY[[2, 5]])


def test_slab_is_whole_batches_within_its_size() -> None:
    samples = ArraySamples(np.empty((4, 12 * 12 * 512), np.float16))
    length = slab_length(samples, 128)
    assert length % 128 == 0
    assert length * 12 * 12 * 512 * 4 <= SLAB_BYTES < (length + 128) * 12 * 12 * 512 * 4
