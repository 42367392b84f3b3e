"""Frozen-backbone features: right, computed once, and continued after an interruption."""

import dataclasses
import os
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from bench.approaches.recipes import FrozenBackbone
from bench.errors import BenchError
from bench.inputs import features as module
from bench.inputs.features import BackboneInput, features_key, features_of
from bench.inputs.stored_features import Layout, StoredFeatures
from models.registry import build_backbone
from models.vgg19_weights import RANDOM, BackboneWeights, load_backbone_weights

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
BACKBONE = FrozenBackbone(image_size=32)


@pytest.fixture
def small_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backbone that costs nothing, where only the cache is tested."""
    monkeypatch.setattr(module, "build_backbone", lambda name: _pooling())
    monkeypatch.setattr(module, "load_backbone_weights", lambda backbone, weights: None)


def _pooling() -> keras.Model:
    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.AveragePooling2D(8)])


def compute(
    cache: Path,
    progress=lambda done, total: None,
    backbone: FrozenBackbone = BACKBONE,
    tell=pytest.fail,
):
    return features_of(
        IMAGES,
        model="vgg19_linear",
        backbone=backbone,
        weights=RANDOM,
        cache=cache,
        progress=progress,
        tell=tell,
    )


def test_features_are_the_backbones_output(tmp_path: Path) -> None:
    backbone = build_backbone("vgg19_linear")
    load_backbone_weights(backbone, RANDOM)
    expected = backbone.predict(
        keras.applications.vgg19.preprocess_input(IMAGES.astype(np.float32)), verbose=0
    )
    found = compute(tmp_path).take(np.arange(5))
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-2)


@pytest.mark.usefixtures("small_backbone")
def test_second_call_reads_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compute(tmp_path)
    monkeypatch.setattr(module, "_reader", lambda *_: pytest.fail("computed twice"))
    assert compute(tmp_path) == first


@pytest.mark.usefixtures("small_backbone")
def test_interrupted_computation_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_PIXELS", 2 * 32 * 32)

    class StoppedError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise StoppedError

    with pytest.raises(StoppedError):
        compute(tmp_path / "stopped", stop)
    told: list[int] = []
    resumed = compute(tmp_path / "stopped", lambda done, total: told.append(done))
    whole = compute(tmp_path / "whole")
    assert told == [5]
    np.testing.assert_array_equal(resumed.take(np.arange(5)), whole.take(np.arange(5)))


@pytest.mark.usefixtures("small_backbone")
@pytest.mark.parametrize(
    "other", [FrozenBackbone(32, scaling="unit"), FrozenBackbone(32, resize="nearest")]
)
def test_other_settings_have_a_file_of_their_own(tmp_path: Path, other: FrozenBackbone) -> None:
    assert compute(tmp_path).path != compute(tmp_path, backbone=other).path


@pytest.mark.promise("a feature does not fit into float16", "refused in one line")
def test_feature_beyond_float16_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = keras.Sequential(
        [keras.Input((32, 32, 3), dtype="uint8"), keras.layers.Rescaling(1e3), module.AsStored()]
    )
    monkeypatch.setattr(module, "_reader", lambda *_: huge)
    with pytest.raises(BenchError, match=r"images 0 to 4 exceed float16's 65,504"):
        compute(tmp_path)


def test_images_are_resized_and_scaled_as_vgg_wants() -> None:
    grey = np.full((1, 32, 32, 3), 100, np.uint8)
    out = keras.ops.convert_to_numpy(BackboneInput(FrozenBackbone(image_size=96))(grey))
    assert out.shape == (1, 96, 96, 3)
    np.testing.assert_allclose(out[0, 50, 50], [100 - 103.939, 100 - 116.779, 100 - 123.68], 1e-5)
    unit = keras.ops.convert_to_numpy(BackboneInput(FrozenBackbone(32, scaling="unit"))(grey))
    np.testing.assert_allclose(unit, 100 / 255, rtol=1e-6)


@pytest.mark.parametrize("resize", ["nearest", "bilinear", "bicubic"])
def test_images_are_resized_as_the_recipe_says(resize) -> None:
    backbone = FrozenBackbone(48, resize=resize, scaling="raw")
    found = keras.ops.convert_to_numpy(BackboneInput(backbone)(IMAGES[:1]))
    if resize == "bilinear":
        expected = cv2.resize(IMAGES[0].astype(np.float32), (48, 48))
        np.testing.assert_allclose(found[0], expected, atol=1e-2)
    # Only the nearest takes values as they are.
    assert np.isin(found, IMAGES[0]).all() == (resize == "nearest")
    # Only a cubic goes beyond the values around it.
    assert (found.min() < 0 or found.max() > 255) == (resize == "bicubic")


def test_bfloat16_backbone_agrees_with_float32(tmp_path: Path) -> None:
    exact = compute(tmp_path).take(np.arange(5)).astype(np.float64)
    rough = compute(tmp_path, backbone=FrozenBackbone(32, dtype="bfloat16")).take(np.arange(5))
    assert 0 < np.linalg.norm(rough - exact) / np.linalg.norm(exact) < 0.05


INGREDIENTS = {
    "images": np.zeros((2, 32, 32, 3), np.uint8),
    "model": "vgg19_linear",
    "backbone": FrozenBackbone(32),
    "weights": RANDOM,
}
FILE = BackboneWeights("imagenet", "a file", Path("vgg.npz"), "ab" * 32)


def changed_by(**changes) -> bool:
    return features_key(**INGREDIENTS) != features_key(**INGREDIENTS | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"images": np.stack([np.zeros((32, 32, 3), np.uint8), np.ones((32, 32, 3), np.uint8)])},
        {"images": np.zeros((3, 32, 32, 3), np.uint8)},
        {"model": "vgg19_96_head"},
        {"backbone": FrozenBackbone(48)},
        {"backbone": FrozenBackbone(32, resize="nearest")},
        {"backbone": FrozenBackbone(32, scaling="unit")},
        {"backbone": FrozenBackbone(32, dtype="bfloat16")},
        {"weights": FILE},
    ],
    ids=["pixels", "count", "model", "size", "resize", "scaling", "dtype", "weights"],
)
def test_key_holds_every_ingredient(changes) -> None:
    assert changed_by(**changes)
    assert not changed_by(**{name: INGREDIENTS[name] for name in changes})


def test_key_holds_the_weights_of_a_file_by_their_hash_and_not_by_the_head() -> None:
    one = features_key(**INGREDIENTS | {"weights": FILE})
    other = dataclasses.replace(FILE, sha256="cd" * 32)
    assert features_key(**INGREDIENTS | {"weights": other}) != one
    assert features_key(**INGREDIENTS | {"weights": FILE, "model": "vgg19_96_head"}) == one


@pytest.mark.parametrize("what", ["backend", "version of the backend", "Keras", "code"])
def test_key_holds_what_computes(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = features_key(**INGREDIENTS)
    if what == "backend":
        other = "jax" if keras.backend.backend() == "tensorflow" else "tensorflow"
        monkeypatch.setattr(keras.backend, "backend", lambda: other)
        monkeypatch.setattr(module, "_version_of", lambda framework: "1")
    elif what == "version of the backend":
        monkeypatch.setattr(module, "_version_of", lambda framework: "0.0")
    elif what == "Keras":
        monkeypatch.setattr(keras, "version", lambda: "0.0")
    else:
        monkeypatch.setattr(module, "VERSION", module.VERSION + 1)
    assert features_key(**INGREDIENTS) != before


@pytest.mark.usefixtures("small_backbone")
class TestDamage:
    def stored(self, cache: Path) -> tuple[StoredFeatures, np.ndarray, list[str]]:
        told: list[str] = []
        features = compute(cache, tell=told.append)
        return features, features.take(np.arange(5)), told

    @pytest.mark.parametrize("damage", ["bit", "zeros", "moved", "foreign", "short"])
    @pytest.mark.promise(
        "bits, rows or zeros of the feature cache are damaged",
        "computed again as they are read, and said",
    )
    def test_is_computed_again_as_it_is_read_and_said(self, tmp_path: Path, damage: str) -> None:
        features, right, told = self.stored(tmp_path)
        layout, path = features.layout, features.path
        raw = bytearray(path.read_bytes())
        size, first = layout.dtype.itemsize, len(layout.header)
        second = slice(first + size, first + 2 * size)
        if damage == "bit":
            raw[second.start + 11] ^= 16
        elif damage == "zeros":
            raw[second] = bytes(size)
        elif damage == "moved":
            raw[second] = raw[first : first + size]
        elif damage == "foreign":
            other = Layout("abc", layout.count, layout.sample_shape)
            raw[second] = other.entries(right[1:2], 1).tobytes()
        else:
            raw = raw[: second.start + 5]
        path.write_bytes(raw)
        np.testing.assert_array_equal(features.take(np.array([4, 1, 0, 1])), right[[4, 1, 0, 1]])
        (line,) = told
        lost = 2 if damage == "short" else 1
        assert f"{lost} of 5 features are damaged, first 1; computing them again" in line
        # It is put right in the file too.
        features.take(np.array([1, 4]))
        assert len(told) == 1

    def test_sound_features_are_not_computed_again(self, tmp_path: Path, monkeypatch) -> None:
        self.stored(tmp_path)
        monkeypatch.setattr(module, "_reader", lambda *_: pytest.fail("computed"))
        compute(tmp_path).take(np.arange(5))

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda raw: b"",
            lambda raw: b"no features at all",
            lambda raw: raw[:40],
            lambda raw: raw[:-1],
            lambda raw: raw + b"\0",
            lambda raw: raw.replace(b"(5,)", b"(9,)"),
            lambda raw: raw.replace(b"values", b"valuez"),
            lambda raw: raw.replace(b"descr", b"decsr"),
        ],
        ids=["empty", "text", "header", "short", "long", "count", "name", "key"],
    )
    @pytest.mark.promise("the feature file has another header or length", "made again, and said")
    def test_file_that_is_no_features_is_made_again_and_said(self, tmp_path, spoil) -> None:
        features, right, _ = self.stored(tmp_path)
        features.path.write_bytes(spoil(features.path.read_bytes()))
        again, found, told = self.stored(tmp_path)
        np.testing.assert_array_equal(found, right)
        assert told == [f"{again.path} is damaged; computing its features again"]

    @pytest.mark.parametrize("suffix", [".npy", ".partial"])
    @pytest.mark.promise("a folder lies where features should be", "one line that names it")
    def test_folder_where_the_file_should_be_is_named(self, tmp_path: Path, suffix: str) -> None:
        features, _, _ = self.stored(tmp_path)
        features.path.unlink()
        features.path.with_suffix(suffix).mkdir()
        with pytest.raises(BenchError, match="should be a file and is none; move it away"):
            compute(tmp_path)

    @pytest.mark.parametrize("lost", ["zeros", "header", "half a sample"])
    @pytest.mark.promise(
        "a partial feature file has damaged or zeroed rows",
        "continued from what is sound",
    )
    def test_partial_file_is_continued_from_what_is_sound(
        self, tmp_path: Path, lost: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BATCH_PIXELS", 32 * 32)
        features, right, _ = self.stored(tmp_path)
        layout, size = features.layout, features.layout.dtype.itemsize
        raw = bytearray(features.path.read_bytes())[: len(layout.header) + 4 * size]
        third = len(layout.header) + 2 * size
        if lost == "zeros":
            raw[third:] = bytes(2 * size)
        elif lost == "header":
            raw[:8] = bytes(8)
        else:
            raw = raw[: third + size // 2]
        features.path.unlink()
        features.path.with_suffix(".partial").write_bytes(raw)
        done: list[int] = []
        told: list[str] = []
        again = compute(tmp_path, lambda n, total: done.append(n), tell=told.append)
        np.testing.assert_array_equal(again.take(np.arange(5)), right)
        assert done == {"zeros": [3, 4, 5], "header": [1, 2, 3, 4, 5]}.get(lost, [3, 4, 5])
        assert len(told) == (0 if lost == "half a sample" else 1)

    @pytest.mark.promise(
        "the power is cut as features are finished",
        "contents are on the disk before the name",
    )
    def test_whole_file_was_synced_before_it_has_its_name(self, tmp_path, monkeypatch) -> None:
        order: list[str] = []
        fsync, replace = os.fsync, Path.replace
        monkeypatch.setattr(os, "fsync", lambda number: (order.append("sync"), fsync(number)))
        monkeypatch.setattr(
            Path, "replace", lambda path, to: (order.append("replace"), replace(path, to))[1]
        )
        compute(tmp_path)
        assert order == ["sync", "replace"]

    @pytest.mark.promise("features cannot be read", "one line that names the file")
    def test_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        features, _, _ = self.stored(tmp_path)
        features.path.unlink()
        with pytest.raises(BenchError, match=r"cannot read .*; run again to compute it again"):
            features.take(np.arange(2))
