"""Where a cost could grow faster than the data: images n, classes k and seeds s, at four sizes."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import pytest

from bench.analysis.confusion import confused_pairs
from bench.analysis.statistics import difference_interval, paired_test
from bench.analysis.tally import tally
from bench.inputs.samples import ArraySamples, Labelled
from bench.records.metrics import per_class_accuracy, score
from bench.records.predictions import Predictions
from bench.training.epochs import epoch_runner
from datasets.contract import audit
from datasets.image_dataset import ImageDataset, content_digest, fingerprint
from datasets.image_dataset import Labelled as Images
from datasets.splits import stratified_split
from models.registry import build_trainable
from tests.benchmarks.growth import Cost, Work, as_row, cost_of, exponent

pytestmark = pytest.mark.benchmark(group="cost growth")

RANDOM = np.random.default_rng(0)
IMAGES = (2_000, 4_000, 8_000, 16_000)
CLASSES = (25, 50, 100, 200)
SEEDS = (2, 4, 8, 16)
# The largest exponent that passes: halfway from linear to quadratic.
LIMIT = 1.5


@dataclass(frozen=True)
class Piece:
    """A cost, what it grows with, and from a size to the work that is measured."""

    what: str
    of: str
    sizes: Sequence[int]
    prepare: Callable[[int], Work]


def prove_data(n: int = 10_000, k: int = 100) -> Work:
    def part(length: int) -> Images:
        images = RANDOM.integers(0, 256, (length, 32, 32, 3), np.uint8)
        fine = (np.arange(length) % k).astype(np.uint8)
        return Images(images, fine, fine // 5)

    train, test = part(n), part(n // 5)
    dataset = ImageDataset(
        "noise",
        train,
        test,
        tuple(map(str, range(k))),
        tuple(map(str, range(k // 5))),
        "drawn",
        fingerprint(train, test),
        content_digest(train, test),
    )
    return lambda: audit(dataset)


def split(n: int = 50_000, k: int = 100) -> Work:
    labels = (np.arange(n) % k).astype(np.uint8)
    return lambda: stratified_split(labels, 0.2, 0)


def train_epoch(n: int = 2048, k: int = 100) -> Work:
    network = build_trainable("basic_cnn", (32, 32, 3), k)
    pipeline = keras.Sequential([keras.Input((32, 32, 3), dtype="uint8"), network])
    pipeline.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    images = RANDOM.integers(0, 256, (n, 32, 32, 3), np.uint8)
    run = epoch_runner(
        pipeline, Labelled(ArraySamples(images), (np.arange(n) % k).astype("u1")), 32
    )
    run(np.arange(64), (0, 0))
    return lambda: run(RANDOM.permutation(n), (0, 1))


def drawn(n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    probabilities = RANDOM.random((n, k), np.float32)
    return probabilities / probabilities.sum(axis=1, keepdims=True), np.arange(n) % k


def predicted(n: int, k: int) -> Predictions:
    return Predictions.from_probabilities(*drawn(n, k), np.arange(n))


def judge(n: int = 10_000, k: int = 100) -> Work:
    probabilities, labels = drawn(n, k)

    def work() -> None:
        found = Predictions.from_probabilities(probabilities, labels, np.arange(n))
        score(found)
        per_class_accuracy(found, k)

    return work


def compare(n: int = 10_000, s: int = 3) -> Work:
    one, other = RANDOM.random((2, s, n)) < np.array([0.5, 0.52])[:, None, None]
    return lambda: (paired_test(one, other), difference_interval(one, other))


def confuse(n: int = 10_000, k: int = 100, s: int = 3) -> Work:
    runs = [predicted(n, k)] * s
    return lambda: confused_pairs(tally(runs, k).matrix).most(15)


PIECES = (
    Piece("contract, fingerprint, digest", "images", IMAGES, lambda n: prove_data(n=n)),
    Piece("contract, fingerprint, digest", "classes", CLASSES, lambda k: prove_data(k=k)),
    Piece("stratified split", "images", tuple(10 * n for n in IMAGES), lambda n: split(n=n)),
    Piece("stratified split", "classes", CLASSES, lambda k: split(k=k)),
    Piece("training epoch", "images", (512, 1024, 2048, 4096), lambda n: train_epoch(n=n)),
    Piece("training epoch", "classes", CLASSES, lambda k: train_epoch(k=k)),
    Piece("predictions and scores", "images", IMAGES, lambda n: judge(n=n)),
    Piece("predictions and scores", "classes", CLASSES, lambda k: judge(k=k)),
    Piece("paired comparison", "images", IMAGES, lambda n: compare(n=n)),
    Piece("paired comparison", "seeds", SEEDS, lambda s: compare(s=s)),
    Piece("confusion and its pairs", "images", IMAGES, lambda n: confuse(n=n)),
    Piece("confusion and its pairs", "classes", CLASSES, lambda k: confuse(k=k)),
    Piece("confusion and its pairs", "seeds", SEEDS, lambda s: confuse(s=s)),
)


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: f"{piece.what} over {piece.of}")
def test_growth(benchmark, piece: Piece) -> None:
    works = [piece.prepare(size) for size in piece.sizes]
    costs = benchmark.pedantic(lambda: [cost_of(work) for work in works], rounds=1)
    benchmark.extra_info["samples"] = [as_row(piece.what, piece.of, piece.sizes, costs)]
    assert exponent(piece.sizes, [cost.seconds for cost in costs]) < LIMIT
    assert exponent(piece.sizes, [cost.mebibytes for cost in costs]) < LIMIT


FEATURES = """
import json, sys, time
from pathlib import Path
import numpy as np
from bench.inputs.features import features_of
from bench.system.memory import peak_bytes
from bench.approaches.recipes import FrozenBackbone
from models.vgg19_weights import RANDOM

images = np.random.default_rng(0).integers(0, 256, (int(sys.argv[1]), 32, 32, 3), np.uint8)
backbone = FrozenBackbone(96, dtype="bfloat16")
started = time.perf_counter()
features_of(images, model="vgg19_96_head", backbone=backbone, weights=RANDOM,
cache=Path(sys.argv[2])) print(json.dumps([time.perf_counter() - started, peak_bytes() / 2**20]))
"""


def test_features_in_a_process_of_their_own(benchmark, tmp_path) -> None:
    """A fresh process per size: what one leaves allocated would count for the next."""
    sizes = (150, 300, 600, 1200)

    def measure(size: int) -> Cost:
        command = [sys.executable, "-c", FEATURES, str(size), str(tmp_path / str(size))]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return Cost(*json.loads(done.stdout.splitlines()[-1]))

    costs = benchmark.pedantic(lambda: [measure(size) for size in sizes], rounds=1)
    sample = as_row("features at 96x96, the whole process", "images", sizes, costs)
    benchmark.extra_info["samples"] = [sample]
    assert exponent(sizes, [cost.seconds for cost in costs]) < 1.5
    # Not even linear: however many images, no more than a chunk of them is held.
    assert exponent(sizes, [cost.mebibytes for cost in costs]) < 0.2
    assert max(cost.mebibytes for cost in costs) * 2**20 < 2e9
