"""Samples that a model reads: images in memory, or features on disk, behind one interface."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

SLAB_BYTES = 256 << 20


class Samples(Protocol):
    """Something that gives samples by their positions."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""

    def __len__(self) -> int: ...

    def take(self, index: NDArray[np.integer]) -> NDArray[Any]:
        """Samples (len(index), *sample_shape), in the order of `index`."""


@dataclass(frozen=True)
class ArraySamples:
    """Samples of an array in memory (or mapped), such as uint8 images (n, 32, 32, 3)."""

    array: NDArray[Any]

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self.array.shape[1:]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def take(self, index: NDArray[np.integer]) -> NDArray[Any]:
        """Samples (len(index), *sample_shape), in the order of `index`."""
        samples: NDArray[Any] = self.array[index]
        return samples


@dataclass(frozen=True)
class FileSamples:
    """Samples of a `.npy` file, read when asked for.

    The file is read and not mapped: mapped pages would count as this process's memory, and the
    features of 60,000 images at 96x96 are 8.8 GB.
    """

    path: Path
    offset: int
    count: int
    sample_shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @classmethod
    def open(cls, path: Path) -> FileSamples:
        """Read the header of a `.npy` file.

        Raises:
            ValueError: the file is no `.npy` in C order, or shorter than its header says.
        """
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
            samples = cls(path, file.tell(), shape[0], tuple(shape[1:]), dtype)
        if fortran or path.stat().st_size != samples.offset + samples.count * samples.sample_bytes:
            raise ValueError(f"{path} is truncated or not in C order")
        return samples

    @property
    def sample_bytes(self) -> int:
        """Size of one sample in bytes."""
        return int(np.prod(self.sample_shape)) * self.dtype.itemsize

    def __len__(self) -> int:
        return self.count

    def take(self, index: NDArray[np.integer]) -> NDArray[Any]:
        """Samples (len(index), *sample_shape), in the order of `index`."""
        found = np.empty((len(index), *self.sample_shape), self.dtype)
        raw = found.reshape(len(index), -1).view(np.uint8)
        with self.path.open("rb", buffering=0) as file:
            # In the order of the file, so that neighbours share a read-ahead.
            for position in np.argsort(index, kind="stable"):
                where = self.offset + int(index[position]) * self.sample_bytes
                if os.preadv(file.fileno(), [raw[position]], where) != self.sample_bytes:
                    raise OSError(f"{self.path} ended early at byte {where}")
        return found


@dataclass(frozen=True)
class Selection:
    """Some samples of other samples."""

    samples: Samples
    index: NDArray[np.integer]

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self.samples.sample_shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.samples.dtype

    def __len__(self) -> int:
        return len(self.index)

    def take(self, index: NDArray[np.integer]) -> NDArray[Any]:
        """Samples (len(index), *sample_shape), in the order of `index`."""
        return self.samples.take(self.index[index])


@dataclass(frozen=True)
class Labelled:
    """Samples and their fine labels, uint8 (n,)."""

    samples: Samples
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.samples)


def slab_length(samples: Samples, multiple_of: int) -> int:
    """How many samples to hold at once: about `SLAB_BYTES` as float32, in whole batches."""
    sample_bytes = int(np.prod(samples.sample_shape)) * 4
    return max(1, SLAB_BYTES // (sample_bytes * multiple_of)) * multiple_of
