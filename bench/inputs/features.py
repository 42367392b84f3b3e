"""Features of a frozen backbone, computed once an image and kept by their content.

The file's name is a hash of everything that determines the values: the images, the weights, the
backbone's settings and this code's version. Heads, forests and seeds all read the same file.
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

from bench.approaches.recipes import FrozenBackbone, as_plain, digest
from bench.errors import BenchError
from bench.inputs.samples import FileSamples
from models.registry import build_backbone
from models.vgg19_weights import BackboneWeights, load_backbone_weights

VERSION = 1
# Small images go in more at a time, so that the weights are converted less often.
BATCH_PIXELS = 1 << 18


class BackboneInput(keras.layers.Layer):  # type: ignore[misc]
    """Images (batch, 32, 32, 3) in 0-255 as the backbone wants them: resized, then scaled."""

    def __init__(self, backbone: FrozenBackbone, **options: Any) -> None:
        super().__init__(dtype="float32", **options)
        self.backbone = backbone

    def call(self, images: Any) -> Any:
        """Resize and scale; float32 (batch, image_size, image_size, 3)."""
        size = self.backbone.image_size
        images = keras.ops.cast(images, "float32")
        if tuple(images.shape[1:3]) != (size, size):
            images = keras.ops.image.resize(
                images, (size, size), interpolation=self.backbone.resize
            )
        if self.backbone.scaling == "imagenet":
            return keras.applications.vgg19.preprocess_input(images)
        return images / 255 if self.backbone.scaling == "unit" else images


class AsStored(keras.layers.Layer):  # type: ignore[misc]
    """Features as float16; the backend casts many times as fast as NumPy."""

    def __init__(self, **options: Any) -> None:
        super().__init__(dtype="float16", autocast=False, **options)

    def call(self, features: Any) -> Any:
        """Cast; what is too large becomes infinite."""
        return keras.ops.cast(features, "float16")


def features_of(
    images: NDArray[np.uint8],
    *,
    model: str,
    backbone: FrozenBackbone,
    weights: BackboneWeights,
    cache: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> FileSamples:
    """The backbone's output for each image, from the cache or computed now.

    Args:
        images: uint8 (n, 32, 32, 3).
        model: name in the registry whose backbone is run.
        backbone: how images go in.
        weights: the backbone's weights.
        cache: folder of the cache.
        progress: told (images done, images in all).

    Returns:
        float16 samples (n, height, width, channels). An interrupted computation is continued.

    Raises:
        BenchError: a feature does not fit into float16, or the cache cannot be written.
    """
    key = digest(
        {
            "version": VERSION,
            "images": hashlib.sha256(np.ascontiguousarray(images).data).hexdigest(),
            "model_backbone": model if weights.path is None else "vgg19_block4_conv4",
            "backbone": as_plain(backbone),
            "weights": weights.sha256 or weights.description,
        },
        length=32,
    )
    path = cache / "features" / f"{key}.npy"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                reader = _reader(model, backbone, weights)
                _compute(path, images, reader, batch_of(backbone), progress)
    except OSError as error:
        raise BenchError(
            f"cannot write features to {path.parent}: {error.strerror or error}; "
            "set BENCH_CACHE_DIR to a folder with room"
        ) from error
    try:
        return FileSamples.open(path)
    except ValueError as error:
        raise BenchError(f"{error}; delete the file and run again") from error


def batch_of(backbone: FrozenBackbone) -> int:
    """How many images the backbone reads at a time."""
    return max(1, BATCH_PIXELS // backbone.image_size**2)


def _reader(model: str, settings: FrozenBackbone, weights: BackboneWeights) -> keras.Model:
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy(
            "mixed_bfloat16" if settings.dtype == "bfloat16" else "float32"
        )
        backbone = build_backbone(model)
    finally:
        keras.config.set_dtype_policy(policy)
    if backbone is None:
        raise BenchError(f"model {model!r} has no backbone, but the recipe asks for its features")
    load_backbone_weights(backbone, weights)
    return keras.Sequential(
        [keras.Input((32, 32, 3), dtype="uint8"), BackboneInput(settings), backbone, AsStored()],
        name="reader",
    )


def _compute(
    path: Path,
    images: NDArray[np.uint8],
    reader: keras.Model,
    batch: int,
    progress: Callable[[int, int], None],
) -> None:
    partial = path.with_suffix(".partial")
    shape = (len(images), *reader.output_shape[1:])
    sample_bytes = int(np.prod(shape[1:])) * 2
    with partial.open("ab") as file:
        if file.tell() == 0:
            header = {"descr": "<f2", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            file.flush()
        offset = len(_header(partial))
        done = (file.tell() - offset) // sample_bytes
        file.truncate(offset + done * sample_bytes)
        file.seek(offset + done * sample_bytes)
        while done < len(images):
            # Without what `predict` spends on a data set and callbacks.
            half = reader.predict_on_batch(images[done : done + batch])
            if _has_overflown(half):
                raise BenchError(
                    f"features of images {done} to {done + len(half) - 1} exceed float16's "
                    "65,504; use another scaling or other weights"
                )
            file.write(half.data)
            file.flush()
            done += len(half)
            progress(done, len(images))
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
