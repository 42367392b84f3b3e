"""Features of a frozen trunk, computed once a picture and kept by their content.

The file's name is a hash of everything that determines the values: the pictures, the weights, the
trunk's settings and this code's version. Heads, forests and seeds all read the same file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from bench.approaches.recipes import FrozenTrunk, as_plain, digest
from bench.errors import BenchError
from bench.inputs.samples import FileRows
from models.registry import build_trunk
from models.vgg19_weights import TrunkWeights, load_trunk_weights

VERSION = 1
# Small pictures go in more at a time, so that the weights are converted less often.
BATCH_PIXELS = 1 << 18


class TrunkInput(keras.layers.Layer):  # type: ignore[misc]
    """Pictures (batch, 32, 32, 3) in 0-255 as the trunk wants them: resized, then scaled."""

    def __init__(self, trunk: FrozenTrunk, **options: Any) -> None:
        super().__init__(dtype="float32", **options)
        self.trunk = trunk

    def call(self, pictures: Any) -> Any:
        """Resize and scale; float32 (batch, image_size, image_size, 3)."""
        size = self.trunk.image_size
        pictures = keras.ops.cast(pictures, "float32")
        if tuple(pictures.shape[1:3]) != (size, size):
            pictures = keras.ops.image.resize(
                pictures, (size, size), interpolation=self.trunk.resize
            )
        if self.trunk.scaling == "imagenet":
            return keras.applications.vgg19.preprocess_input(pictures)
        return pictures / 255 if self.trunk.scaling == "unit" else pictures


class AsStored(keras.layers.Layer):  # type: ignore[misc]
    """Features as float16; the backend casts many times as fast as NumPy."""

    def __init__(self, **options: Any) -> None:
        super().__init__(dtype="float16", autocast=False, **options)

    def call(self, features: Any) -> Any:
        """Cast; what is too large becomes infinite."""
        return keras.ops.cast(features, "float16")


def features_of(
    pictures: NDArray[np.uint8],
    *,
    model: str,
    trunk: FrozenTrunk,
    weights: TrunkWeights,
    cache: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> FileRows:
    """The trunk's output for each picture, from the cache or computed now.

    Args:
        pictures: uint8 (n, 32, 32, 3).
        model: name in the registry whose trunk is run.
        trunk: how pictures go in.
        weights: the trunk's weights.
        cache: folder of the cache.
        progress: told (pictures done, pictures in all).

    Returns:
        float16 rows (n, height, width, channels). An interrupted computation is continued.

    Raises:
        BenchError: a feature does not fit into float16, or the cache cannot be written.
    """
    key = digest(
        {
            "version": VERSION,
            "pictures": hashlib.sha256(np.ascontiguousarray(pictures).data).hexdigest(),
            "model_trunk": model if weights.path is None else "vgg19_block4_conv4",
            "trunk": as_plain(trunk),
            "weights": weights.sha256 or weights.description,
        },
        length=32,
    )
    path = cache / "features" / f"{key}.npy"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                reader = _reader(model, trunk, weights)
                _compute(path, pictures, reader, batch_of(trunk), progress)
    except OSError as error:
        raise BenchError(
            f"cannot write features to {path.parent}: {error.strerror or error}; "
            "set BENCH_CACHE_DIR to a folder with room"
        ) from error
    try:
        return FileRows.open(path)
    except ValueError as error:
        raise BenchError(f"{error}; delete the file and run again") from error


def batch_of(trunk: FrozenTrunk) -> int:
    """How many pictures the trunk reads at a time."""
    return max(1, BATCH_PIXELS // trunk.image_size**2)


def _reader(model: str, settings: FrozenTrunk, weights: TrunkWeights) -> keras.Model:
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy(
            "mixed_bfloat16" if settings.dtype == "bfloat16" else "float32"
        )
        trunk = build_trunk(model)
    finally:
        keras.config.set_dtype_policy(policy)
    if trunk is None:
        raise BenchError(f"model {model!r} has no trunk, but the recipe asks for its features")
    load_trunk_weights(trunk, weights)
    return keras.Sequential(
        [keras.Input((32, 32, 3), dtype="uint8"), TrunkInput(settings), trunk, AsStored()],
        name="reader",
    )


def _compute(
    path: Path,
    pictures: NDArray[np.uint8],
    reader: keras.Model,
    batch: int,
    progress: Callable[[int, int], None],
) -> None:
    partial = path.with_suffix(".partial")
    shape = (len(pictures), *reader.output_shape[1:])
    row_bytes = int(np.prod(shape[1:])) * 2
    with partial.open("ab") as file:
        if file.tell() == 0:
            header = {"descr": "<f2", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            file.flush()
        offset = len(_header(partial))
        done = (file.tell() - offset) // row_bytes
        file.truncate(offset + done * row_bytes)
        file.seek(offset + done * row_bytes)
        while done < len(pictures):
            # Without what `predict` spends on a data set and callbacks.
            half = reader.predict_on_batch(pictures[done : done + batch])
            if _has_overflown(half):
                raise BenchError(
                    f"features of pictures {done} to {done + len(half) - 1} exceed float16's "
                    "65,504; use another scaling or other weights"
                )
            file.write(half.data)
            file.flush()
            done += len(half)
            progress(done, len(pictures))
    partial.replace(path)


def _has_overflown(half: NDArray[np.float16]) -> bool:
    """Whether a value is infinite or NaN, by its exponent: NumPy has no fast test for float16."""
    exponent = np.uint16(0x7C00)
    return bool(((half.view(np.uint16) & exponent) == exponent).any())


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        np.lib.format.read_array_header_1_0(file)
        end = file.tell()
        file.seek(0)
        return file.read(end)
