"""Features on disk: one `.npy` whose every sample carries a checksum, verified as it is read.

A damaged sample would train on without a word, so it is computed again instead. The check of a
sample is the sum of its words, each times an odd number of its own, modulo 2^64 (a multilinear
hash; Carter & Wegman 1979): any single changed word changes it. The numbers are drawn from the
file's key and the sample's position is added, so zeros, samples of another file and samples in
another place do not pass either. It runs at about the speed of memory; a checksum against
accident, not against forgery.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError

# Odd, so that no two positions under 2^64 share a product: the golden ratio, times 2^64.
_STEP = np.uint64(0x9E3779B97F4A7C15)
Recompute = Callable[[NDArray[np.integer]], dict[int, NDArray[np.float16]]]


@dataclass(frozen=True)
class Layout:
    """Where samples lie in a file.

    Attributes:
        key: of the file; its checksums depend on it.
        count: samples in all.
        sample_shape: shape of one, float16.
    """

    key: str
    count: int
    sample_shape: tuple[int, ...]

    @property
    def sample_bytes(self) -> int:
        """Size of one sample's values in bytes, without the check."""
        return 2 * int(np.prod(self.sample_shape))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of one entry: the values, and their check behind them."""
        return np.dtype([("values", "<f2", self.sample_shape), ("check", "<u8")])

    @property
    def header(self) -> bytes:
        """What the file begins with."""
        file = io.BytesIO()
        described = np.lib.format.dtype_to_descr(self.dtype)
        np.lib.format.write_array_header_1_0(
            file, {"descr": described, "fortran_order": False, "shape": (self.count,)}
        )
        return file.getvalue()

    def checks(
        self, values: NDArray[np.float16], position: NDArray[np.integer]
    ) -> NDArray[np.uint64]:
        """The check of each sample, uint64 (n,), of values (n, ...) at positions (n,)."""
        size = 8 if self.sample_bytes % 8 == 0 else 2
        words = np.ascontiguousarray(values).reshape(len(values), -1).view(f"<u{size}")
        numbers = _odd_numbers(self.key, words.shape[1])
        found: NDArray[np.uint64] = words.astype(np.uint64, copy=False) @ numbers
        return found + (position.astype(np.uint64) + np.uint64(1)) * _STEP

    def entries(self, values: NDArray[np.float16], first: int) -> NDArray[Any]:
        """Values (n, ...) at positions from `first` on, with their checks, as they are written."""
        entries = np.empty(len(values), self.dtype)
        entries["values"] = values
        entries["check"] = self.checks(values, np.arange(first, first + len(values)))
        return entries


@dataclass(frozen=True)
class StoredFeatures:
    """Samples of a feature file, read when asked for.

    The file is read and not mapped: mapped pages would count as this process's memory, and the
    features of 60,000 images at 96x96 are 8.8 GB.

    Attributes:
        path: of the file.
        layout: of the file.
        recompute: given positions, gives values by position: at least of those.
        tell: told in one line what was found damaged.
    """

    path: Path
    layout: Layout
    recompute: Recompute = field(compare=False, repr=False)
    tell: Callable[[str], None] = field(compare=False, repr=False)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self.layout.sample_shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return np.dtype(np.float16)

    def __len__(self) -> int:
        return self.layout.count

    def take(self, index: NDArray[np.integer]) -> NDArray[Any]:
        """Samples (len(index), *sample_shape), in the order of `index`.

        Damaged ones are computed again, and put right in the file where it can be written.

        Raises:
            BenchError: the file cannot be read.
        """
        try:
            found, stored = self._read(index)
        except OSError as error:
            raise BenchError(
                f"cannot read {self.path}: {error.strerror or error}; run again to compute it again"
            ) from error
        wrong = self.layout.checks(found, index) != stored
        if wrong.any():
            damaged = np.unique(index[wrong])
            self.tell(
                f"{self.path}: {len(damaged)} of {len(self)} features are damaged, first "
                f"{damaged[0]}; computing them again"
            )
            right = self.recompute(damaged)
            for place in np.flatnonzero(wrong):
                found[place] = right[int(index[place])]
            self._repair(right)
        return found

    def _read(self, index: NDArray[np.integer]) -> tuple[NDArray[np.float16], NDArray[np.uint64]]:
        found = np.empty((len(index), *self.sample_shape), np.float16)
        stored = np.zeros(len(index), np.uint64)
        raw = found.reshape(len(index), -1).view(np.uint8)
        checks = stored.view(np.uint8).reshape(-1, 8)
        offset, size = len(self.layout.header), self.layout.dtype.itemsize
        with self.path.open("rb", buffering=0) as file:
            # In the order of the file, so that neighbours share a read-ahead. A file that ended
            # early leaves a check that does not fit.
            for place in np.argsort(index, kind="stable"):
                where = offset + int(index[place]) * size
                os.preadv(file.fileno(), [raw[place], checks[place]], where)
        return found, stored

    def _repair(self, right: dict[int, NDArray[np.float16]]) -> None:
        offset, size = len(self.layout.header), self.layout.dtype.itemsize
        try:
            with self.path.open("r+b") as file:
                for position, values in right.items():
                    file.seek(offset + position * size)
                    file.write(self.layout.entries(values[None], position).tobytes())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.tell(f"{self.path} stays damaged: {error.strerror or error}")


@lru_cache(maxsize=4)
def _odd_numbers(key: str, count: int) -> NDArray[np.uint64]:
    drawn = np.random.default_rng(int(key, 16)).integers(0, 2**63, count, np.uint64)
    return drawn * np.uint64(2) + np.uint64(1)


def sound_entries(file: BinaryIO, layout: Layout) -> int:
    """How many samples at the start of a file are whole and sound; 0 where its header is not."""
    file.seek(0)
    if file.read(len(layout.header)) != layout.header:
        return 0
    size, done = layout.dtype.itemsize, 0
    at_a_time = max(1, (32 << 20) // size)
    while chunk := file.read(size * at_a_time):
        entries = np.frombuffer(chunk[: len(chunk) // size * size], layout.dtype)
        position = np.arange(done, done + len(entries))
        sound = layout.checks(entries["values"], position) == entries["check"]
        done += len(entries) if sound.all() else int(sound.argmin())
        if not sound.all() or len(entries) < at_a_time:
            break
    return min(done, layout.count)
