"""Frozen-backbone features: right, computed once, and continued after an interruption."""

from pathlib import Path

import keras
import numpy as np
import pytest

from bench.approaches.recipes import FrozenBackbone
from bench.errors import BenchError
from bench.inputs import features as module
from bench.inputs.features import BackboneInput, features_of
from models.registry import build_backbone
from models.vgg19_weights import RANDOM, BackboneWeights, load_backbone_weights

PICTURES = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
BACKBONE = FrozenBackbone(image_size=32)


@pytest.fixture
def small_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backbone that costs nothing, where only the cache is tested."""
    monkeypatch.setattr(module, "build_backbone", lambda name: _pooling())
    monkeypatch.setattr(module, "load_backbone_weights", lambda backbone, weights: None)


def _pooling() -> keras.Model:
    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.AveragePooling2D(8)])


def compute(cache: Path, progress=lambda done, total: None, backbone: FrozenBackbone = BACKBONE):
    return features_of(
        PICTURES,
        model="vgg19_linear",
        backbone=backbone,
        weights=RANDOM,
        cache=cache,
        progress=progress,
    )


def test_features_are_the_backbones_output(tmp_path: Path) -> None:
    backbone = build_backbone("vgg19_linear")
    load_backbone_weights(backbone, RANDOM)
    expected = backbone.predict(
        keras.applications.vgg19.preprocess_input(PICTURES.astype(np.float32)), verbose=0
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


def test_bfloat16_backbone_agrees_with_float32(tmp_path: Path) -> None:
    exact = compute(tmp_path).take(np.arange(5)).astype(np.float64)
    rough = compute(tmp_path, backbone=FrozenBackbone(32, dtype="bfloat16")).take(np.arange(5))
    assert 0 < np.linalg.norm(rough - exact) / np.linalg.norm(exact) < 0.05


@pytest.mark.usefixtures("small_backbone")
def test_other_images_and_other_weights_have_a_file_of_their_own(tmp_path: Path) -> None:
    def path_of(images: np.ndarray = PICTURES, weights: BackboneWeights = RANDOM) -> Path:
        shared = {"model": "vgg19_linear", "backbone": BACKBONE, "cache": tmp_path}
        return features_of(images, weights=weights, **shared).path

    altered = PICTURES.copy()
    altered[3, 7, 7, 1] ^= 1
    one, two = (BackboneWeights("unknown", "the same words", sha256=c * 64) for c in "ab")
    paths = [path_of(), path_of(altered), path_of(PICTURES[::-1]), path_of(weights=one)]
    assert len({*paths, path_of(weights=two)}) == 5
    assert path_of(PICTURES.copy()) == paths[0]


@pytest.mark.parametrize("resize", ["nearest", "bilinear", "bicubic"])
def test_images_are_resized_as_the_settings_say(resize: str) -> None:
    import tensorflow as tf

    settings = FrozenBackbone(image_size=64, resize=resize, scaling="raw")
    found = keras.ops.convert_to_numpy(BackboneInput(settings)(PICTURES))
    expected = tf.image.resize(PICTURES.astype(np.float32), (64, 64), method=resize).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-3)
