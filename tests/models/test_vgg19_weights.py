"""Weights of the backbone, from every kind of file, and from broken ones."""

from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from models import WeightsError
from models.registry import build_backbone
from models.vgg19_weights import (
    OFFICIAL_NAME,
    RANDOM,
    BackboneWeights,
    find_weights,
    load_backbone_weights,
)


@pytest.fixture(autouse=True)
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VGG19_WEIGHTS", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture(scope="module")
def backbone() -> keras.Model:
    return build_backbone("vgg19_linear")


@pytest.fixture(scope="module")
def arrays(backbone: keras.Model) -> dict[str, np.ndarray]:
    """Weights of another draw than the random backbone's own."""
    random = np.random.default_rng(1)
    return {
        f"{layer.name}_{part}": random.normal(size=weight.shape).astype(np.float32)
        for layer in backbone.layers
        for part, weight in zip(("kernel", "bias"), layer.weights, strict=False)
    }


def as_npz(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    np.savez(path, **arrays)
    return path


def as_h5(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    """In the layout of the file that keras.applications downloads."""
    with h5py.File(path, "w") as file:
        for name, value in arrays.items():
            layer, part = name.rsplit("_", 1)
            file[f"{layer}/{layer}_{part[0].upper().replace('K', 'W')}_1:0"] = value
    return path


@pytest.mark.parametrize(("write", "name"), [(as_npz, "w.npz"), (as_h5, "w.h5")])
def test_file_ends_up_in_the_backbone(write, name, backbone, arrays, tmp_path) -> None:
    weights = find_weights(str(write(tmp_path / name, arrays)))
    load_backbone_weights(backbone, weights)
    for layer in backbone.layers:
        for part, weight in zip(("kernel", "bias"), layer.get_weights(), strict=False):
            np.testing.assert_array_equal(weight, arrays[f"{layer.name}_{part}"])
    assert weights.kind == "imagenet"
    assert weights.sha256
    assert "not known" in weights.description


def test_random_weights_are_the_same_each_time(backbone) -> None:
    load_backbone_weights(backbone, find_weights("random"))
    first = backbone.get_weights()
    load_backbone_weights(backbone, RANDOM)
    for one, other in zip(first, backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_file_of_the_environment_is_found(arrays, tmp_path, monkeypatch) -> None:
    path = as_npz(tmp_path / "w.npz", {"block1_conv1_bias": arrays["block1_conv1_bias"]})
    monkeypatch.setenv("VGG19_WEIGHTS", str(path))
    assert find_weights().path == path


def test_layer_that_is_missing_is_named(backbone, arrays, tmp_path) -> None:
    rest = {name: value for name, value in arrays.items() if name != "block3_conv2_bias"}
    weights = find_weights(str(as_npz(tmp_path / "w.npz", rest)))
    with pytest.raises(
        WeightsError, match=r"block3_conv2_bias should be of shape \(256,\), is abs"
    ):
        load_backbone_weights(backbone, weights)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.npz", None, "absent.npz: No such file"),
        ("w.npz", b"PK\x03\x04 cut off", "w.npz is not a readable .npz"),
        ("w.h5", b"\x89HDF cut off", "w.h5 is not a readable .h5"),
        ("w.pkl", b"", "w.pkl is neither .npz nor .h5"),
        (OFFICIAL_NAME, b"altered", "is not Keras' file"),
    ],
)
def test_broken_file_is_named_with_the_mend(name, content, message, tmp_path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=message) as caught:
        find_weights(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_no_weights_at_hand_says_how_to_give_them() -> None:
    with pytest.raises(WeightsError, match=r"--weights FILE or VGG19_WEIGHTS=FILE"):
        find_weights(download=False)


def test_download_that_fails_leaves_nothing(tmp_path, monkeypatch) -> None:
    def offline(*arguments: object, **options: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(keras.utils, "get_file", offline)
    with pytest.raises(WeightsError, match=r"cannot be downloaded \(no route to host\)"):
        find_weights()
    assert not list(tmp_path.rglob("*.h5"))


def test_weights_are_frozen_data() -> None:
    assert BackboneWeights("random", "random backbone, seed 0") == RANDOM
