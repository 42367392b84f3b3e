"""Training of the small CNNs against plain Keras and PyTorch: images a second, and the losses."""

from collections.abc import Callable
from contextlib import ExitStack

import keras
import numpy as np
import pytest

from bench.system.cores import available_cores
from datasets.augmentation.parameters import AffineAugmentation
from models.registry import build_trainable
from tests.benchmarks import ours
from tests.benchmarks.peers import keras_fit
from tests.benchmarks.peers.available import pytorch_is_a_peer
from tests.benchmarks.turns import CLOCK, Times, take_turns

pytestmark = pytest.mark.benchmark

# Enough steps that what `fit` spends once a call is small beside them.
IMAGES = {"basic_cnn": 2560, "improved_cnn": 1280}
# Shared cores make single rounds differ by a quarter.
ROUNDS = 8
PYTORCH = {
    "pytorch eager": {"channels_last": False, "compiled": False},
    "pytorch eager, channels last": {"channels_last": True, "compiled": False},
    "pytorch compiled": {"channels_last": False, "compiled": True},
    "pytorch compiled, channels last": {"channels_last": True, "compiled": True},
}
needs_pytorch = pytest.mark.skipif(
    not pytorch_is_a_peer(),
    reason="compared on a CPU, with PyTorch: `tox -e benchmark` installs it, or pip install torch",
)


def images(count: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 images of 100 classes that differ in their mean colour, and their labels."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 100, count).astype(np.uint8)
    colours = random.integers(0, 156, (100, 1, 1, 3))
    noise = random.integers(0, 100, (count, 32, 32, 3))
    return (colours[labels] + noise).astype(np.uint8), labels


def scaled(name: str, images: np.ndarray) -> np.ndarray:
    """As the report feeds them: float32, and divided by 255 for the improved network."""
    return images.astype(np.float32) / (1 if name == "basic_cnn" else 255)


def plain_keras(name: str, images: np.ndarray, labels: np.ndarray, *rest) -> Callable[[], float]:
    network = build_trainable(name, images.shape[1:], 100)
    return keras_fit.epochs(network, scaled(name, images), labels, *rest)


def pytorch(
    name: str, images: np.ndarray, labels: np.ndarray, batch: int, way: str
) -> Callable[[], float]:
    from tests.benchmarks.peers import torch_networks

    options = PYTORCH[way]
    return torch_networks.epochs(name, scaled(name, images), labels, batch, **options)


def peer(contestant: str) -> str:
    """Name and version of what a contestant measures; empty for ours."""
    if contestant.startswith("pytorch"):
        import torch

        return f"PyTorch {torch.__version__}"
    if contestant.startswith("keras"):
        tensorflow = __import__(keras.backend.backend()).__version__
        return f"Keras {keras.__version__} on {keras.backend.backend()} {tensorflow}"
    return ""


def report(benchmark, group: str, contestant: str, times: Times, images: int) -> None:
    benchmark.group = group
    benchmark.extra_info["images"] = images
    if peer(contestant):
        benchmark.extra_info["peer"] = peer(contestant)
    CLOCK.replay(benchmark, times[contestant])


@pytest.fixture(
    scope="module",
    params=[(name, batch) for name in IMAGES for batch in (32, 128)],
    ids=lambda setting: "{}-{}".format(*setting),
)
def race(request) -> tuple[str, int, Times]:
    """A network, a batch size, and the times of all contestants, taken in turns."""
    name, batch = request.param
    data = images(IMAGES[name])
    contestants = {
        "ours": ours.epochs(name, *data, batch),
        "keras fit": plain_keras(name, *data, batch),
    }
    if pytorch_is_a_peer():
        contestants |= {way: pytorch(name, *data, batch, way) for way in PYTORCH}
    with ExitStack() as stack:
        if available_cores() > 1:
            contestants["two of ours side by side"] = stack.enter_context(
                ours.side_by_side(name, *data, batch)
            )
        times = take_turns(contestants, ROUNDS)
    # Both processes train all images: two epochs in that time.
    halved = [seconds / 2 for seconds in times.get("two of ours side by side", [])]
    return name, batch, {**times, "two of ours side by side": halved}


@pytest.mark.benchmark(timer=CLOCK)
@pytest.mark.parametrize(
    "contestant",
    [
        "ours",
        pytest.param(
            "two of ours side by side",
            marks=pytest.mark.skipif(available_cores() < 2, reason="needs two cores"),
        ),
        "keras fit",
        *(pytest.param(way, marks=needs_pytorch) for way in PYTORCH),
    ],
)
def test_training(benchmark, race: tuple[str, int, Times], contestant: str) -> None:
    name, batch, times = race
    group = f"train {name}, batches of {batch}"
    report(benchmark, group, contestant, times, IMAGES[name])


@pytest.fixture(scope="module")
def augmented_race() -> Times:
    name, data = "improved_cnn", images(IMAGES["improved_cnn"])
    contestants = {
        "ours, augmented": ours.epochs(name, *data, 32, augmented=True),
        "ours, not augmented": ours.epochs(name, *data, 32),
        "keras fit, ImageDataGenerator": plain_keras(name, *data, 32, AffineAugmentation()),
    }
    return take_turns(contestants, 7)


@pytest.mark.benchmark(timer=CLOCK)
@pytest.mark.parametrize(
    "contestant", ["ours, augmented", "ours, not augmented", "keras fit, ImageDataGenerator"]
)
def test_augmented_training(benchmark, augmented_race: Times, contestant: str) -> None:
    group = "train improved_cnn with augmentation, batches of 32"
    report(benchmark, group, contestant, augmented_race, IMAGES["improved_cnn"])


def bare_loop(run) -> Callable[[], float]:
    """The compiled step alone, over batches that lie ready as tensors."""
    convert, size = keras.ops.convert_to_tensor, run.batch_size
    samples, labels = run.train.samples.take(np.arange(len(run.train))), run.train.labels
    starts = range(0, len(samples), size)
    batches = [(convert(samples[i : i + size]), convert(labels[i : i + size])) for i in starts]

    def epoch() -> float:
        ready = iter(batches)
        for _ in batches:
            logs = run.pipeline.train_function(ready)
        return float(logs["loss"])

    return epoch


@pytest.fixture(scope="module")
def overhead_race() -> Times:
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the bare step has this form on TensorFlow only")
    run = ours.runner("basic_cnn", *images(IMAGES["basic_cnn"]), 32)
    draws = np.random.default_rng(0)
    contestants = {
        "ours, epoch": lambda: run(draws.permutation(len(run.train)), (0, 1)),
        "bare steps": bare_loop(run),
    }
    contestants["ours, epoch"]()  # Traces the step that both run.
    # Many: their ratios differ by more than what is looked for.
    return take_turns(contestants, 60)


@pytest.mark.benchmark(timer=CLOCK)
@pytest.mark.parametrize("contestant", ["ours, epoch", "bare steps"])
def test_epoch_overhead(benchmark, overhead_race: Times, contestant: str) -> None:
    report(benchmark, "epoch overhead, basic_cnn", contestant, overhead_race, IMAGES["basic_cnn"])
    if contestant == "bare steps":
        benchmark.extra_info["peer"] = peer("keras")
        return
    # Of rounds that followed each other: a slow minute hits both.
    pairs = zip(overhead_race[contestant], overhead_race["bare steps"], strict=True)
    low, middle, high = np.quantile([ours / bare - 1 for ours, bare in pairs], [0.25, 0.5, 0.75])
    benchmark.extra_info["samples"] = [
        {
            "epoch overhead, median of paired rounds": f"{middle:+.1%}",
            "quartiles": f"{low:+.1%} to {high:+.1%}",
        }
    ]


SEEDS = 3
EPOCHS = 2


def curves(contestant: Callable[[int], Callable[[], float]]) -> np.ndarray:
    """Mean loss of each epoch with each seed, float (SEEDS, EPOCHS)."""
    losses = []
    for seed in range(SEEDS):
        keras.utils.set_random_seed(seed)
        epoch = contestant(seed)
        losses.append([epoch() for _ in range(EPOCHS)])
    return np.array(losses)


@pytest.fixture(scope="module")
def our_curves() -> np.ndarray:
    data = images(1600)
    return curves(lambda seed: ours.epochs("basic_cnn", *data, 32, seed=seed))


@pytest.mark.parametrize(
    "contestant", ["keras fit", pytest.param("pytorch eager", marks=needs_pytorch)]
)
def test_losses_are_those_of_the_peer_within_the_spread_over_seeds(
    our_curves: np.ndarray, contestant: str
) -> None:
    data = images(1600)
    if contestant == "keras fit":
        theirs = curves(lambda seed: plain_keras("basic_cnn", *data, 32))
    else:
        import torch

        torch.manual_seed(0)
        theirs = curves(lambda seed: pytorch("basic_cnn", *data, 32, contestant))
    assert theirs[:, -1].max() < theirs[:, 0].min()
    # Largest difference of the means that the spread allows: 4 standard errors, either side.
    error = np.sqrt((our_curves.var(0, ddof=1) + theirs.var(0, ddof=1)) / SEEDS)
    assert (abs(our_curves.mean(0) - theirs.mean(0)) < 4 * error).all(), (our_curves, theirs)
