"""An epoch of the 96x96 head from cached features, against the backbone in the loop of every "
"epoch."""

from pathlib import Path

import keras
import numpy as np
import pytest

from bench.inputs.stored_features import Layout, StoredFeatures
from tests.benchmarks.peers.plain_keras import resized, with_backbone_in_the_loop
from tests.benchmarks.protocols import epochs_of

pytestmark = pytest.mark.benchmark

BATCH = 128
# Two sizes show what a scaled epoch rests on: that an image costs the same.
COUNTS = [
    pytest.param(n, marks=pytest.mark.benchmark(group=f"an epoch of the 96x96 head, {n} images"))
    for n in (128, 384)
]


def draw_features(path: Path, count: int) -> StoredFeatures:
    """Samples like the backbone's: three in four are zero, the others in the hundreds."""
    random = np.random.default_rng(0)
    values = np.maximum(random.normal(-300, 450, (count, 12, 12, 512)), 0)
    layout = Layout("0", count, values.shape[1:])
    path.write_bytes(layout.header + layout.entries(values.astype(np.float16), 0).tobytes())
    return StoredFeatures(path, layout, recompute=lambda index: {}, tell=pytest.fail)


def scaled(who: str, count: int, seconds: float) -> dict[str, str]:
    return {
        "epoch": who,
        "images": str(count),
        "seconds": f"{seconds:.2f}",
        "ms an image": f"{1000 * seconds / count:.2f}",
        "minutes for 40,000": f"{40_000 * seconds / count / 60:.1f}",
    }


@pytest.mark.parametrize("count", COUNTS)
def test_from_cached_features(benchmark, tmp_path: Path, count: int) -> None:
    samples = draw_features(tmp_path / "features.npy", count)
    run_epoch = epochs_of("vgg19_96_head", samples)
    order = np.random.default_rng(1).permutation(count)
    loss, _ = benchmark.pedantic(run_epoch, (order, (0, 1)), rounds=5, warmup_rounds=1)
    assert np.isfinite(loss)
    benchmark.extra_info["samples"] = [
        scaled("cached features", count, benchmark.stats.stats.median)
    ]


@pytest.mark.parametrize("count", COUNTS)
def test_backbone_in_the_loop(benchmark, count: int) -> None:
    name = f"Keras {keras.__version__} fit"
    benchmark.extra_info["peer"] = name
    images = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), np.uint8)
    samples, labels = resized(images, 96), np.arange(count) % 100
    model = with_backbone_in_the_loop("vgg19_96_head")
    model.train_on_batch(samples[:BATCH], labels[:BATCH])
    options = {"batch_size": BATCH, "verbose": 0}
    benchmark.pedantic(model.fit, (samples, labels), options, rounds=1)
    benchmark.extra_info["samples"] = [scaled(name, count, benchmark.stats.stats.median)]
