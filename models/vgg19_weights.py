"""Where VGG-19's ImageNet weights come from: a local file, Keras' cache, or Keras' download."""

from __future__ import annotations

import hashlib
import os
import tomllib
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.errors import WeightsError

if TYPE_CHECKING:
    import keras

ENVIRONMENT_VARIABLE = "VGG19_WEIGHTS"
# Of the file that keras.applications downloads (keras/src/applications/vgg19.py).
OFFICIAL_NAME = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
OFFICIAL_URL = "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/" + OFFICIAL_NAME
OFFICIAL_MD5 = "253f8cb515780f3b799900260a226db6"
MEND = (
    f"give --weights FILE or {ENVIRONMENT_VARIABLE}=FILE (Keras' {OFFICIAL_NAME}, or an .npz of "
    "blockB_convC_kernel and blockB_convC_bias)"
)


@dataclass(frozen=True)
class BackboneWeights:
    """Weights for a VGG-19 backbone.

    Attributes:
        kind: `random` weights are for tests alone: features from them say nothing.
        description: for people and records.
        path: the file, `None` for random weights.
        sha256: of the file.
    """

    kind: Literal["imagenet", "random"]
    description: str
    path: Path | None = None
    sha256: str | None = None


RANDOM = BackboneWeights("random", "random backbone, seed 0")


def find_weights(where: str | None = None, *, download: bool = True) -> BackboneWeights:
    """Find VGG-19's weights.

    Args:
        where: `random`, a file (`.npz` or Keras' `.h5`), or `None`/`auto` to look in the
            environment variable `VGG19_WEIGHTS`, then Keras' cache, then to download.
        download: whether `auto` may use the network.

    Raises:
        WeightsError: there are none, or the file is not what it should be.
    """
    if where == "random":
        return RANDOM
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
            raise WeightsError(f"no VGG-19 weights at hand; {MEND}")
        _download(cached)
    return _from_file(cached)


def load_backbone_weights(backbone: keras.Model, weights: BackboneWeights) -> None:
    """Put the weights into a backbone that `models.vgg19.vgg19_backbone` built, in place.

    Raises:
        WeightsError: the file lacks a layer, or a shape differs.
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
    read = _read_npz if weights.path.suffix == ".npz" else _read_h5
    arrays = read(weights.path)
    for layer in convolutions:
        for variable, part in zip(layer.weights, ("kernel", "bias"), strict=True):
            name = f"{layer.name}_{part}"
            value = arrays.get(name)
            if value is None or value.shape != tuple(variable.shape):
                found = "absent" if value is None else f"of shape {value.shape}"
                raise WeightsError(
                    f"{weights.path}: {name} should be of shape {tuple(variable.shape)}, "
                    f"is {found}; {MEND}"
                )
            variable.assign(value)


def _from_file(path: Path) -> BackboneWeights:
    if path.suffix not in {".npz", ".h5"}:
        raise WeightsError(f"{path} is neither .npz nor .h5; {MEND}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}; {MEND}") from error
    if path.name == OFFICIAL_NAME and hashlib.md5(content).hexdigest() != OFFICIAL_MD5:
        raise WeightsError(
            f"{path} is not Keras' file (its MD5 should be {OFFICIAL_MD5}): it is truncated or "
            "altered; delete it and run again"
        )
    sha256 = hashlib.sha256(content).hexdigest()
    known = tomllib.loads(
        files("models").joinpath("vgg19_weights.toml").read_text(encoding="utf-8")
    )
    if path.name == OFFICIAL_NAME:
        description = "VGG-19 ImageNet weights, as Keras publishes them"
    elif sha256 in known:
        description = known[sha256]["description"]
    else:
        description = f"VGG-19 weights from {path.name}, a file that is not known"
    # Reading now, so that a damaged file stops the whole matrix and not its last row.
    (_read_npz if path.suffix == ".npz" else _read_h5)(path)
    return BackboneWeights("imagenet", description, path, sha256)


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        # Opened here: NumPy leaves the file open when its archive turns out to be damaged.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{path} is not a readable .npz ({error}); {MEND}") from error


def _read_h5(path: Path) -> dict[str, np.ndarray]:
    import h5py

    arrays: dict[str, np.ndarray] = {}

    def collect(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            # block1_conv1/block1_conv1_W_1:0 in the old files, .../block1_conv1/kernel:0 since.
            layer, leaf = name.split("/")[0], name.split("/")[-1]
            part = "kernel" if item.ndim == 4 else "bias"
            if item.ndim in (1, 4) and leaf:
                arrays[f"{layer}_{part}"] = item[()]

    try:
        with h5py.File(path, "r") as file:
            file.visititems(collect)
    except OSError as error:
        raise WeightsError(f"{path} is not a readable .h5 ({error}); {MEND}") from error
    return arrays


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
    except Exception as error:  # urllib raises many kinds; none of them is ours to mend
        target.unlink(missing_ok=True)
        reason = str(error).splitlines()[0]
        raise WeightsError(f"VGG-19's weights cannot be downloaded ({reason}); {MEND}") from error
