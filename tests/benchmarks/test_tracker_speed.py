"""What training pays for a tracker: handing an event over, against the shortest of epochs."""

from pathlib import Path

import numpy as np
import pytest

from bench.progress import events
from bench.records.record import EpochPart
from bench.records.store import RunStore
from bench.trackers.listener import TrackerListener
from tests.support.factories import tiny_network
from tests.support.fake_tracker import FakeTracker, hang
from tests.support.tiny import make_run

pytestmark = pytest.mark.benchmark

RESULT = EpochPart(loss=2, accuracy=0.5, validation_loss=2, validation_accuracy=0.5, seconds=1)
EPOCH = events.EpochFinished(make_run("basic_cnn"), 1, RESULT)
IMAGES = np.random.default_rng(0).random((1000, 32, 32, 3), np.float32)


@pytest.mark.benchmark(group="an epoch")
def test_handing_over(benchmark, tmp_path: Path) -> None:
    """To a tracker that hangs: nothing is taken from the queue."""
    listener = TrackerListener(
        "fake",
        FakeTracker("start", hang),
        RunStore(tmp_path),
        lambda line: None,
        capacity=1_000_000,
        patience=0,
    )
    benchmark.pedantic(listener, (EPOCH,), rounds=1000, iterations=100)
    listener.close()


@pytest.mark.benchmark(group="an epoch")
def test_epoch_of_a_tiny_network(benchmark) -> None:
    network = tiny_network((32, 32, 3), 100)
    network.compile("adam", "sparse_categorical_crossentropy")
    labels = np.arange(len(IMAGES)) % 100
    options = {"batch_size": 32, "verbose": 0}
    benchmark.pedantic(network.fit, (IMAGES, labels), options, rounds=5, warmup_rounds=1)
