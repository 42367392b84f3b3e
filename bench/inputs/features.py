"""Features of a frozen backbone, computed once an image and kept by their content.

The file's name is a hash of everything that determines the values: the images, the weights, the
backbone's settings, the framework and this code's version. Heads, forests and seeds all read the
same file. What is damaged in it is computed again, and said.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from bench.approaches.recipes import FrozenBackbone, as_plain, digest
from bench.errors import BenchError
from bench.inputs.stored_features import Layout, StoredFeatures, sound_entries
from bench.planning.models import model_entry
from models.registry import build_backbone
from models.vgg19_weights import BackboneWeights, load_backbone_weights

_LOG = logging.getLogger(__name__)
VERSION = 2
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
    tell: Callable[[str], None] = _LOG.warning,
) -> StoredFeatures:
    """The backbone's output for each image, from the cache or computed now.

    Args:
        images: uint8 (n, 32, 32, 3).
        model: name in the registry whose backbone is run.
        backbone: how images go in.
        weights: the backbone's weights.
        cache: folder of the cache.
        progress: told (images done, images in all).
        tell: told in one line what was found damaged, now or whenever samples are read.

    Returns:
        float16 samples (n, height, width, channels). An interrupted computation is continued.

    Raises:
        BenchError: a feature does not fit into float16, or the cache cannot be written.
    """
    key = features_key(images, model, backbone, weights)
    path = cache / "features" / f"{key}.npy"
    reader = Reader(images, model, backbone, weights)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for file in (path, path.with_suffix(".partial")):
            if file.exists() and not file.is_file():
                raise BenchError(f"{file} should be a file and is none; move it away")
        with FileLock(path.with_suffix(".lock")):
            layout = layout_in(path, key, len(images))
            if layout is None:
                if path.exists():
                    tell(f"{path} is damaged; computing its features again")
                    path.unlink()
                layout = Layout(key, len(images), reader.sample_shape)
                compute(path, layout, reader, progress, tell)
    except OSError as error:
        raise BenchError(
            f"cannot write features to {path.parent}: {error.strerror or error}; "
            "set BENCH_CACHE_DIR to a folder with room"
        ) from error
    return StoredFeatures(path, layout, reader.at, tell)


def features_key(
    images: NDArray[np.uint8], model: str, backbone: FrozenBackbone, weights: BackboneWeights
) -> str:
    """Hash of everything that determines features, 32 hexadecimal digits."""
    framework = keras.backend.backend()
    return digest(
        {
            "version": VERSION,
            "images": hashlib.sha256(np.ascontiguousarray(images).data).hexdigest(),
            "model_backbone": model if weights.path is None else "vgg19_block4_conv4",
            "backbone": as_plain(backbone),
            "weights": weights.sha256 or weights.description,
            "frameworks": {"keras": keras.version(), framework: _version_of(framework)},
        },
        length=32,
    )


def _version_of(framework: str) -> str:
    # `tensorflow-cpu` installs the module `tensorflow`, so the package's name does not tell.
    return str(getattr(sys.modules.get(framework), "__version__", None) or version(framework))


@dataclass(frozen=True)
class Reader:
    """The backbone, built when it is first needed, and the images that it reads.

    Images always go in by the same batches, as a value's last bit may depend on its batch.
    """

    images: NDArray[np.uint8]
    model: str
    settings: FrozenBackbone
    weights: BackboneWeights

    @cached_property
    def network(self) -> keras.Model:
        """From uint8 images to float16 features."""
        return _reader(self.model, self.settings, self.weights)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one image's features."""
        return tuple(self.network.output_shape[1:])

    @property
    def batch(self) -> int:
        """How many images are read at a time."""
        return batch_of(self.settings)

    def batch_from(self, start: int) -> NDArray[np.float16]:
        """Features of the batch that begins at `start`, a multiple of `batch`.

        Raises:
            BenchError: a feature does not fit into float16.
        """
        # Without what `predict` spends on a data set and callbacks.
        half: NDArray[np.float16] = self.network.predict_on_batch(
            self.images[start : start + self.batch]
        )
        if _has_overflown(half):
            raise BenchError(
                f"features of images {start} to {start + len(half) - 1} exceed float16's "
                "65,504; use another scaling or other weights"
            )
        return half

    def at(self, index: NDArray[np.integer]) -> dict[int, NDArray[np.float16]]:
        """Features of the images at these positions."""
        found: dict[int, NDArray[np.float16]] = {}
        for start in sorted({int(i) // self.batch * self.batch for i in index}):
            half = self.batch_from(start)
            inside = index[(index >= start) & (index < start + self.batch)]
            found |= {int(i): half[int(i) - start] for i in inside}
        return found


def layout_in(path: Path, key: str, count: int) -> Layout | None:
    """The layout of a whole file of features; `None` where there is none, or it is damaged."""
    try:
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            _, _, dtype = np.lib.format.read_array_header_1_0(file)
            layout = Layout(key, count, dtype["values"].shape)
            file.seek(0)
            found = file.read(len(layout.header))
    except (FileNotFoundError, ValueError, KeyError, TypeError, SyntaxError, EOFError):
        return None
    whole = len(layout.header) + count * layout.dtype.itemsize
    return layout if found == layout.header and path.stat().st_size == whole else None


def compute(
    path: Path,
    layout: Layout,
    reader: Reader,
    progress: Callable[[int, int], None] = lambda done, total: None,
    tell: Callable[[str], None] = lambda line: None,
) -> None:
    """Write the features of all images, going on from what an earlier call left behind."""
    partial = path.with_suffix(".partial")
    with partial.open("a+b") as file:
        size = layout.dtype.itemsize
        written = max(0, (file.seek(0, os.SEEK_END) - len(layout.header)) // size)
        done = sound_entries(file, layout)
        if done < written:
            tell(f"{partial} is damaged from feature {done} on; computing them again")
        done = done if done == layout.count else done // reader.batch * reader.batch
        file.truncate(len(layout.header) + done * size if done else 0)
        if done == 0:
            file.write(layout.header)
        while done < layout.count:
            half = reader.batch_from(done)
            file.write(layout.entries(half, done).tobytes())
            file.flush()
            done += len(half)
            progress(done, layout.count)
        # Else a power cut could leave the name of a whole file before its contents.
        os.fsync(file.fileno())
    partial.replace(path)


def batch_of(backbone: FrozenBackbone) -> int:
    """How many images the backbone reads at a time."""
    return max(1, BATCH_PIXELS // backbone.image_size**2)


def _reader(model: str, settings: FrozenBackbone, weights: BackboneWeights) -> keras.Model:
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy(
            "mixed_bfloat16" if settings.dtype == "bfloat16" else "float32"
        )
        backbone = build_backbone(model_entry(model))
    finally:
        keras.config.set_dtype_policy(policy)
    if backbone is None:
        raise BenchError(f"model {model!r} has no backbone, but the recipe asks for its features")
    load_backbone_weights(backbone, weights)
    return keras.Sequential(
        [keras.Input((32, 32, 3), dtype="uint8"), BackboneInput(settings), backbone, AsStored()],
        name="reader",
    )


def _has_overflown(half: NDArray[np.float16]) -> bool:
    """Whether a value is infinite or NaN, by its exponent: NumPy has no fast test for float16."""
    exponent = np.uint16(0x7C00)
    return bool(((half.view(np.uint16) & exponent) == exponent).any())
