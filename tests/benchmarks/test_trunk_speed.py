"""Frozen-backbone features against plain Keras and PyTorch, and how near the machine's limit."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from bench.approaches.recipes import BACKBONE_DTYPES, BackboneDtype, FrozenBackbone
from bench.inputs.features import Reader, compute
from bench.inputs.stored_features import Layout
from models.flops import count_flops
from models.registry import build_backbone
from models.vgg19_weights import RANDOM, load_backbone_weights
from tests.benchmarks.limits import product_rate
from tests.benchmarks.peers.available import pytorch_is_a_peer
from tests.benchmarks.peers.plain_keras import resized

pytestmark = pytest.mark.benchmark

MODELS = {32: "vgg19_linear", 96: "vgg19_96_head"}
COUNTS = {32: 512, 96: 56}
ROUNDS = 3
SIZES = [
    pytest.param(size, marks=pytest.mark.benchmark(group=f"backbone features at {size}x{size}"))
    for size in MODELS
]


def images(size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (COUNTS[size], 32, 32, 3), np.uint8)


def backbone_of(size: int) -> keras.Model:
    backbone = build_backbone(MODELS[size])
    load_backbone_weights(backbone, RANDOM)
    return backbone


def share(benchmark, name: str, size: int, multiply: Callable[[int], object]) -> None:
    """Hold the fastest round against the framework's own product of square plans."""
    rate = product_rate(multiply)
    per_second = COUNTS[size] / benchmark.stats.stats.min
    reached = per_second * count_flops(build_backbone(MODELS[size]))
    benchmark.extra_info["samples"] = [
        {
            "backbone": name,
            "images/s, fastest round": f"{per_second:.0f}",
            "GFLOP/s": f"{reached / 1e9:.0f}",
            "matrix product, GFLOP/s": f"{rate / 1e9:.0f}",
            "share": f"{reached / rate:.2f}",
        }
    ]


@pytest.mark.parametrize("dtype", BACKBONE_DTYPES)
@pytest.mark.parametrize("size", SIZES)
def test_ours(benchmark, tmp_path: Path, size: int, dtype: BackboneDtype) -> None:
    samples, path = images(size), tmp_path / "features.npy"
    backbone = FrozenBackbone(size, dtype=dtype)
    reader = Reader(samples, MODELS[size], backbone, RANDOM)
    layout = Layout("0", len(samples), reader.sample_shape)
    benchmark.pedantic(compute, (path, layout, reader), rounds=ROUNDS, warmup_rounds=1)
    assert path.stat().st_size == len(layout.header) + len(samples) * layout.dtype.itemsize
    plans = {n: keras.ops.cast(keras.random.normal((n, n)), dtype) for n in (2048, 3072)}

    def multiply(n: int) -> np.ndarray:
        product = keras.ops.matmul(plans[n], plans[n])
        return keras.ops.convert_to_numpy(keras.ops.cast(product[:1, :1], "float32"))

    share(benchmark, f"ours, {dtype}", size, multiply)


@pytest.mark.parametrize("size", SIZES)
def test_keras_predict(benchmark, size: int) -> None:
    benchmark.extra_info["peer"] = f"Keras {keras.__version__} predict, float32"
    backbone, samples = backbone_of(size), images(size)

    def predict() -> np.ndarray:
        return backbone.predict(resized(samples, size), verbose=0)

    found = benchmark.pedantic(predict, rounds=ROUNDS, warmup_rounds=1)
    assert found.shape == (len(samples), *backbone.output_shape[1:])


@pytest.mark.skipif(
    not pytorch_is_a_peer(),
    reason="compared on a CPU, with PyTorch: install the dependency group `peers`",
)
@pytest.mark.parametrize("way", ["eager", "compiled"])
@pytest.mark.parametrize("size", SIZES)
def test_pytorch(benchmark, size: int, way: str) -> None:
    import torch

    from tests.benchmarks.peers.pytorch_backbone import reader

    threads = torch.get_num_threads()
    benchmark.extra_info["peer"] = (
        f"PyTorch {torch.__version__} {way}, bfloat16, channels last, {threads} threads"
    )
    backbone, samples = backbone_of(size), images(size)
    read = reader(backbone, torch.bfloat16, compiled=way == "compiled")
    exact = backbone.predict(resized(samples[:8], size), verbose=0)
    assert np.linalg.norm(read(samples[:8], 8) - exact) < 0.05 * np.linalg.norm(exact)
    benchmark.pedantic(read, (samples, {32: 128, 96: 32}[size]), rounds=ROUNDS, warmup_rounds=1)
    plans = {n: torch.randn(n, n).bfloat16() for n in (2048, 3072)}
    share(benchmark, f"PyTorch {way}, bfloat16", size, lambda n: plans[n] @ plans[n])
