"""Features in parts: joined by whoever is last, to the bytes of a file that was never divided."""

from pathlib import Path

import keras
import numpy as np
import pytest

from bench.approaches.recipes import FrozenBackbone
from bench.errors import BenchError
from bench.inputs import features
from bench.inputs.feature_shards import ShardedFeatures
from bench.inputs.features import Reader, features_of
from models.vgg19_weights import RANDOM

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 32, 32, 3), np.uint8)
BACKBONE = FrozenBackbone(image_size=32)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backbone that costs nothing, and batches of two images."""

    def build(name: str) -> keras.Model:
        return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.AveragePooling2D(8)])

    monkeypatch.setattr(features, "build_backbone", build)
    monkeypatch.setattr(features, "load_backbone_weights", lambda backbone, weights: None)
    monkeypatch.setattr(features, "BATCH_PIXELS", 2 * 32**2)


def sharded(cache: Path, count: int) -> ShardedFeatures:
    return ShardedFeatures(Reader(IMAGES, "vgg19_linear", BACKBONE, RANDOM), cache, count)


def undivided(cache: Path) -> bytes:
    features_of(IMAGES, model="vgg19_linear", backbone=BACKBONE, weights=RANDOM, cache=cache)
    (path,) = (cache / "features").glob("*.npy")
    return path.read_bytes()


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (1, 1, 3, 2)])
def test_joined_file_has_the_bytes_of_an_undivided_one(tmp_path: Path, order: tuple) -> None:
    whole = [sharded(tmp_path / "parts", 3).add(index) for index in order]
    assert whole == [False] * (len(order) - 1) + [True]
    (path,) = (tmp_path / "parts" / "features").glob("*.npy")
    assert path.read_bytes() == undivided(tmp_path / "whole")
    left = {one.suffix for one in path.parent.iterdir()} - {".lock"}
    assert left == {".npy"}


def test_more_parts_than_batches_give_the_same_file(tmp_path: Path) -> None:
    assert [sharded(tmp_path / "parts", 9).add(i) for i in range(1, 10)][-1]
    (path,) = (tmp_path / "parts" / "features").glob("*.npy")
    assert path.read_bytes() == undivided(tmp_path / "whole")


def test_runs_find_what_was_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for index in (1, 2):
        sharded(tmp_path, 2).add(index)
    monkeypatch.setattr(features, "compute", lambda *_: pytest.fail("computed again"))
    assert undivided(tmp_path)


@pytest.mark.promise(
    "a part of sharded features is damaged",
    "one line; the parts are removed, and nothing is joined",
)
def test_damaged_part_is_never_joined(tmp_path: Path) -> None:
    assert not sharded(tmp_path, 2).add(1)
    (part,) = (tmp_path / "features").glob("*.1-of-2")
    content = bytearray(part.read_bytes())
    content[5] ^= 1
    part.write_bytes(content)
    with pytest.raises(BenchError, match="damaged from feature 0 on and were removed"):
        sharded(tmp_path, 2).add(2)
    assert not list((tmp_path / "features").glob("*.npy"))
    assert [sharded(tmp_path, 2).add(index) for index in (1, 2)] == [False, True]
