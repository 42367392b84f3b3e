"""An accelerator under JAX: seeds in one program, against one seed and against Keras' `fit`."""

from collections.abc import Callable

import keras
import numpy as np
import pytest

from bench.system.devices import has_accelerator
from models.flops import count_flops
from models.registry import build
from tests.benchmarks import ours
from tests.benchmarks.limits import product_rate
from tests.benchmarks.test_training_speed import images, plain_keras, report
from tests.benchmarks.turns import CLOCK, Times, take_turns

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(
        keras.backend.backend() != "jax" or not has_accelerator(),
        reason="needs a GPU under JAX: BENCH_EXTRA=jax-gpu tox -e benchmark",
    ),
]

IMAGES, BATCH, ROUNDS, SEEDS = 12_800, 32, 5, 8
CONTESTANTS = ("one seed", f"{SEEDS} seeds in one program", "keras fit")


def all_seeds(name: str, images: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """A function that trains every seed for an epoch, each in its own order."""
    from bench.training.compiled_epochs import SideBySideEpochs

    built = [ours.pipeline(name, images, labels, BATCH, seed=seed) for seed in range(SEEDS)]
    run = SideBySideEpochs([whole for whole, _, _ in built], built[0][1], BATCH)
    draws = np.random.default_rng(0)
    return lambda: run(np.stack([draws.permutation(len(labels)) for _ in range(SEEDS)]))


@pytest.fixture(scope="module", params=["basic_cnn", "improved_cnn"])
def race(request) -> tuple[str, Times]:
    """A network, and the times of all contestants, taken in turns."""
    data = images(IMAGES)
    works = (
        ours.epochs(request.param, *data, BATCH),
        all_seeds(request.param, *data),
        plain_keras(request.param, *data, BATCH),
    )
    return request.param, take_turns(dict(zip(CONTESTANTS, works, strict=True)), ROUNDS)


def multiply(n: int) -> np.ndarray:
    """A product in float32, by whatever units the backend takes for the networks too."""
    square = keras.ops.ones((n, n))
    return keras.ops.convert_to_numpy(keras.ops.matmul(square, square)[:1, :1])


@pytest.mark.benchmark(timer=CLOCK)
@pytest.mark.parametrize("contestant", CONTESTANTS)
def test_seeds_in_one_program(benchmark, race: tuple[str, Times], contestant: str) -> None:
    name, times = race
    trained = SEEDS if contestant.startswith(str(SEEDS)) else 1
    alone, taken = (np.median(times[which]) for which in ("one seed", contestant))
    report(
        benchmark,
        f"train {name} on an accelerator, an epoch of a seed",
        contestant,
        {contestant: [seconds / trained for seconds in times[contestant]]},
        IMAGES,
    )
    # A step back costs about two steps forth.
    reached = 3 * count_flops(build(name)) * IMAGES * trained / taken
    rate = product_rate(multiply, (4096, 8192))
    benchmark.extra_info["samples"] = [
        {
            "trained": contestant,
            "times the time of one seed": f"{taken / alone:.2f}",
            "TFLOP/s": f"{reached / 1e12:.3f}",
            "matrix product, TFLOP/s": f"{rate / 1e12:.1f}",
            "model FLOPs utilisation": f"{reached / rate:.1%}",
        }
    ]
