"""Weights of the backbone, from every kind of file, and from broken ones."""

import hashlib
import os
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from models import WeightsError, vgg19_weights
from models.registry import build_backbone
from models.vgg19_weights import (
    OFFICIAL_NAME,
    RANDOM,
    BackboneWeights,
    expected_shapes,
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
        f"{layer.name}_{part}": random.random(weight.shape, np.float32)
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
    assert (weights.kind, weights.description) == ("unknown", "unknown weights")
    assert weights.sha256 == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


def test_random_weights_are_the_same_each_time(backbone) -> None:
    load_backbone_weights(backbone, find_weights("random"))
    first = backbone.get_weights()
    load_backbone_weights(backbone, RANDOM)
    for one, other in zip(first, backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_random_kernels_keep_the_size_of_what_passes(backbone) -> None:
    # He et al. 2015: a variance of 2 over the number of inputs of a unit.
    load_backbone_weights(backbone, RANDOM)
    kernels = [array for array in backbone.get_weights() if array.ndim == 4]
    for kernel in kernels:
        assert kernel.std() == pytest.approx(np.sqrt(2 / np.prod(kernel.shape[:3])), rel=0.05)
        assert abs(kernel.mean()) < 0.05 * kernel.std()
    assert len(kernels) == 12


def test_file_of_the_environment_is_found(arrays, tmp_path, monkeypatch) -> None:
    path = as_npz(tmp_path / "w.npz", arrays)
    monkeypatch.setenv("VGG19_WEIGHTS", str(path))
    assert find_weights().path == path


def test_shapes_are_those_of_the_backbone(arrays) -> None:
    assert {name: value.shape for name, value in arrays.items()} == expected_shapes()
    assert sum(value.size for value in arrays.values()) == 10_585_152


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"block3_conv2_bias": None}, r"block3_conv2_bias should be of shape \(256,\), is absent"),
        ({"block1_conv2_bias": np.zeros(63, np.float32)}, r"block1_conv2_bias .* is of \(63,\)"),
        ({"block2_conv1_bias": np.full(128, np.nan)}, "block2_conv1_bias holds values that are"),
        ({"block1_conv1_bias": np.full(64, "x")}, "block1_conv1_bias should be of float32"),
    ],
)
def test_wrong_array_is_refused_when_the_file_is_found(change, message, arrays, tmp_path) -> None:
    values = {n: v for n, v in {**arrays, **change}.items() if v is not None}
    with pytest.raises(WeightsError, match=message) as caught:
        find_weights(str(as_npz(tmp_path / "w.npz", values)))
    assert str(caught.value).isprintable()
    assert "VGG19_WEIGHTS=FILE" in str(caught.value)


@pytest.mark.parametrize("by", ["md5", "sha256"])
@pytest.mark.promise(
    "a weights file has any other bytes than the published ones",
    "its kind is unknown, and it carries no verdict",
)
def test_only_known_bytes_are_imagenet(by: str, arrays, tmp_path, monkeypatch) -> None:
    """Whatever the file is called: the digest decides."""
    path = as_npz(tmp_path / "any-name.npz", arrays)
    content = path.read_bytes()
    if by == "md5":
        monkeypatch.setattr(vgg19_weights, "OFFICIAL_MD5", hashlib.md5(content).hexdigest())
        description = "VGG-19 ImageNet weights, as Keras publishes them"
    else:
        known = {hashlib.sha256(content).hexdigest(): {"description": "ours"}}
        monkeypatch.setattr(vgg19_weights.tomllib, "loads", lambda text: known)
        description = "ours"
    found = find_weights(str(path))
    assert (found.kind, found.description) == ("imagenet", description)
    # The last byte of the archive's comment length: the same arrays, other bytes.
    path.write_bytes(content[:-2] + b"\x01\x00 ")
    assert find_weights(str(path)).kind == "unknown"


def test_known_files_are_those_whose_digests_were_published() -> None:
    assert vgg19_weights.OFFICIAL_MD5 == "253f8cb515780f3b799900260a226db6"
    assert "f556d97cc36b9e92f2a43b60eeb9c7af3f42f7b84eefe7564fb370187d29a838" in (
        (Path(vgg19_weights.__file__).parent / "vgg19_weights.toml").read_text()
    )


@pytest.mark.promise("the weights file is swapped between hashing and loading", "not loaded")
def test_file_that_was_swapped_after_it_was_found_is_not_loaded(backbone, arrays, tmp_path) -> None:
    path = as_npz(tmp_path / "w.npz", arrays)
    weights = find_weights(str(path))
    load_backbone_weights(backbone, RANDOM)
    before = backbone.get_weights()
    as_npz(path, {name: value + 1 for name, value in arrays.items()})
    with pytest.raises(WeightsError, match=r"w\.npz was changed since it was found; run again"):
        load_backbone_weights(backbone, weights)
    for one, other in zip(before, backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.promise(
    "the weights file changes while it is read",
    "the bytes that were hashed are those that are loaded",
)
def test_bytes_that_were_hashed_are_those_that_are_loaded(
    backbone, arrays, tmp_path, monkeypatch
) -> None:
    """The file is swapped at the moment after its bytes were hashed."""
    path = as_npz(tmp_path / "w.npz", arrays)
    weights = find_weights(str(path))
    read = vgg19_weights.read_weights

    def swapped(*arguments):
        path.write_bytes(b"another file")
        return read(*arguments)

    monkeypatch.setattr(vgg19_weights, "read_weights", swapped)
    load_backbone_weights(backbone, weights)
    kernel = backbone.get_layer("block4_conv4").get_weights()[0]
    np.testing.assert_array_equal(kernel, arrays["block4_conv4_kernel"])
    assert path.read_bytes() == b"another file"


@pytest.mark.promise("the weights are a pipe, a device or a folder", "refused at once")
def test_pipe_device_and_folder_are_refused_at_once(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "zero.npz").symlink_to("/dev/zero")
    for name in ("pipe.npz", "folder.npz", "zero.npz"):
        with pytest.raises(WeightsError, match=rf"{name}( is not a file|: Is a directory)"):
            find_weights(str(tmp_path / name))


@pytest.mark.promise("the weights file has many gigabytes", "refused unread")
def test_file_of_many_gigabytes_is_refused_unread(tmp_path) -> None:
    with (tmp_path / "sparse.npz").open("wb") as file:
        file.truncate(60 << 30)
    with pytest.raises(WeightsError, match=r"sparse\.npz has 64,424,509,440 bytes, too many"):
        find_weights(str(tmp_path / "sparse.npz"))


@pytest.mark.parametrize("name", ["a\nb\x1b[2J.npz", "a\0b.npz", "x" * 300 + ".npz"])
def test_odd_name_ends_in_one_harmless_line(name: str, tmp_path) -> None:
    with pytest.raises(WeightsError) as caught:
        find_weights(str(tmp_path / name))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.npz", None, "absent.npz: No such file"),
        ("w.npz", b"PK\x03\x04 cut off", "w.npz is damaged"),
        ("w.h5", b"\x89HDF cut off", "w.h5 is damaged"),
        ("w.pkl", b"", "w.pkl is neither .npz nor .h5"),
        (OFFICIAL_NAME, b"altered", "is not Keras' file"),
    ],
)
@pytest.mark.promise("the weights file is broken", "one line with the fix")
def test_broken_file_is_named_with_the_fix(name, content, message, tmp_path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=message) as caught:
        find_weights(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_no_weights_at_hand_says_how_to_give_them() -> None:
    with pytest.raises(WeightsError, match=r"--weights FILE or VGG19_WEIGHTS=FILE"):
        find_weights(download=False)


@pytest.mark.promise("the download of the weights fails", "nothing is left")
def test_download_that_fails_leaves_nothing(tmp_path, monkeypatch) -> None:
    def offline(*arguments: object, **options: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(keras.utils, "get_file", offline)
    with pytest.raises(WeightsError, match=r"cannot be downloaded \(no route to host\)"):
        find_weights()
    assert not list(tmp_path.rglob("*.h5"))


def test_weights_are_frozen_data() -> None:
    assert BackboneWeights("random", "random backbone, seed 0") == RANDOM
