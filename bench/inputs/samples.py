"""Samples that a model reads, behind one interface; `stored_features` has those on disk."""

from __future__ import annotations

from dataclasses import dataclass
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
