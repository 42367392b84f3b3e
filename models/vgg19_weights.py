"""Where VGG-19's ImageNet weights come from: a local file, Keras' cache, or Keras' download."""

from __future__ import annotations

import hashlib
import os
import stat
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from models.errors import WeightsError, reason_of
from models.weight_files import Shape, read_weights

if TYPE_CHECKING:
    import keras

ENVIRONMENT_VARIABLE = "VGG19_WEIGHTS"
# Of the file that keras.applications downloads (keras/src/applications/vgg19.py). Keras publishes
# its MD5 alone and no SHA-256 of it is known for certain, so that is what is checked, by Keras as
# it downloads and here: nobody can make another file of a given MD5, though two of one MD5.
OFFICIAL_NAME = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
OFFICIAL_URL = "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/" + OFFICIAL_NAME
OFFICIAL_MD5 = "253f8cb515780f3b799900260a226db6"
HINT = (
    f"give --weights FILE or {ENVIRONMENT_VARIABLE}=FILE (Keras' {OFFICIAL_NAME}, or an .npz of "
    "blockB_convC_kernel and blockB_convC_bias)"
)
# Keras' largest file of VGG-19, with the layers on top, has 575 MB.
LARGEST_FILE = 1 << 30
# Simonyan & Zisserman 2015, table 1, configuration E: filters of the convolutions of each block
# up to the backbone's last.
_FILTERS = ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4)


@dataclass(frozen=True)
class BackboneWeights:
    """Weights for a VGG-19 backbone.

    Attributes:
        kind: `imagenet` where the file is one of those that are known by their digests; `unknown`
            for any other file, from which no verdict follows; `random` for tests alone: features
            from them say nothing.
        description: for people and records.
        path: the file, `None` for random weights.
        sha256: of the file's bytes; only these bytes are ever loaded.
    """

    kind: Literal["imagenet", "unknown", "random"]
    description: str
    path: Path | None = None
    sha256: str | None = None


RANDOM = BackboneWeights("random", "random backbone, seed 0")


def expected_shapes() -> dict[str, Shape]:
    """Names and shapes of the backbone's 24 arrays: kernels (3, 3, in, out) and biases (out,)."""
    names = [
        f"block{block}_conv{number}"
        for block, filters in enumerate(_FILTERS, start=1)
        for number, _ in enumerate(filters, start=1)
    ]
    shapes: dict[str, Shape] = {}
    for name, (before, after) in zip(names, pairwise((3, *sum(_FILTERS, ()))), strict=True):
        shapes |= {f"{name}_kernel": (3, 3, before, after), f"{name}_bias": (after,)}
    return shapes


def find_weights(where: str | None = None, *, download: bool = True) -> BackboneWeights:
    """Find VGG-19's weights, and prove that they can be loaded.

    Args:
        where: `random`, a file (`.npz` or Keras' `.h5`), or `None`/`auto` to look in the
            environment variable `VGG19_WEIGHTS`, then Keras' cache, then to download.
        download: whether `auto` may use the network.

    Raises:
        WeightsError: there are none, or the file is not what it should be: of another format,
            damaged, or with an array that is absent, of another shape or type, or not finite.
    """
    if where in (None, "auto"):
        where = os.environ.get(ENVIRONMENT_VARIABLE)
    if where == "random":
        return RANDOM
    if where:
        return _from_file(Path(where).expanduser())
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    cached = home / "models" / OFFICIAL_NAME
    if not cached.is_file():
        if not download:
            raise WeightsError(f"no VGG-19 weights at hand; {HINT}")
        _download(cached)
    return _from_file(cached)


def load_backbone_weights(backbone: keras.Model, weights: BackboneWeights) -> None:
    """Put the weights into a backbone that `models.vgg19.vgg19_backbone` built, in place.

    A file is read once, and what is loaded are the bytes that were hashed.

    Raises:
        WeightsError: the file is no longer the one that was found, lacks a layer, or a shape
            differs.
    """
    convolutions = [layer for layer in backbone.layers if layer.weights]
    if weights.path is None:
        random = np.random.RandomState(0)
        for layer in convolutions:
            kernel_shape, bias_shape = (tuple(w.shape) for w in layer.weights)
            # He et al. 2015: keeps the features' size through the ReLU layers.
            deviation = np.sqrt(2 / np.prod(kernel_shape[:3]))
            layer.set_weights([random.normal(0, deviation, kernel_shape), np.zeros(bias_shape)])
        return
    content = _content(weights.path)
    if hashlib.sha256(content).hexdigest() != weights.sha256:
        raise WeightsError(f"{weights.path} was changed since it was found; run again")
    variables = {
        f"{layer.name}_{part}": variable
        for layer in convolutions
        for variable, part in zip(layer.weights, ("kernel", "bias"), strict=True)
    }
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    for name, value in _arrays(content, shapes, weights.path).items():
        variables[name].assign(value)


def _from_file(path: Path) -> BackboneWeights:
    if path.suffix not in {".npz", ".h5"}:
        raise WeightsError(f"{path} is neither .npz nor .h5; {HINT}")
    content = _content(path)
    official = hashlib.md5(content, usedforsecurity=False).hexdigest() == OFFICIAL_MD5
    if path.name == OFFICIAL_NAME and not official:
        raise WeightsError(
            f"{path} is not Keras' file (its MD5 should be {OFFICIAL_MD5}): it is truncated or "
            "altered; delete it and run again"
        )
    # Now, so that a wrong file stops the whole plan and not its last run.
    _arrays(content, expected_shapes(), path)
    sha256 = hashlib.sha256(content).hexdigest()
    if official:
        return BackboneWeights(
            "imagenet", "VGG-19 ImageNet weights, as Keras publishes them", path, sha256
        )
    known = tomllib.loads(
        files("models").joinpath("vgg19_weights.toml").read_text(encoding="utf-8")
    )
    if sha256 in known:
        return BackboneWeights("imagenet", known[sha256]["description"], path, sha256)
    return BackboneWeights("unknown", "unknown weights", path, sha256)


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise WeightsError(f"{path} is not a file; {HINT}")
            if status.st_size > LARGEST_FILE:
                raise WeightsError(f"{path} has {status.st_size:,} bytes, too many; {HINT}")
            return file.read()
    except (OSError, ValueError) as error:
        if isinstance(error, WeightsError):
            raise
        reason = getattr(error, "strerror", None) or reason_of(error)
        raise WeightsError(f"{path}: {reason}; {HINT}") from error


def _open_at_once(path: str, flags: int) -> int:
    # Opening a pipe would otherwise wait for someone who writes to it.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _arrays(content: bytes, shapes: dict[str, Shape], path: Path) -> dict[str, NDArray[np.float32]]:
    try:
        return read_weights(content, shapes, str(path))
    except WeightsError as error:
        raise WeightsError(f"{error}; {HINT}") from error


def _download(target: Path) -> None:
    import keras

    try:
        keras.utils.get_file(
            OFFICIAL_NAME,
            OFFICIAL_URL,
            cache_dir=target.parent.parent,
            cache_subdir="models",
            file_hash=OFFICIAL_MD5,
        )
    except Exception as error:  # urllib raises many kinds; none of them is ours to fix
        target.unlink(missing_ok=True)
        raise WeightsError(
            f"VGG-19's weights cannot be downloaded ({reason_of(error)}); {HINT}"
        ) from error
