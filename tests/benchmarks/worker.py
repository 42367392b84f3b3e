"""A worker on one core: prints seconds an image, trained and scored, for each approach named.

python -m tests.benchmarks.worker CORE IMAGES APPROACH...
"""

import json
import os
import sys
import time

import numpy as np

from bench.inputs.samples import ArraySamples
from bench.training.loop import predict
from tests.benchmarks.protocols import course_of, epochs_of


def main(core: int, count: int, approaches: list[str]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    images = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), np.uint8)
    samples, found = ArraySamples(images), {}
    for approach in approaches:
        run_epoch, scored = epochs_of(approach, samples), course_of(approach, samples).pipeline
        work = (
            lambda e=run_epoch: e(np.arange(count), (0, 1)),
            lambda p=scored: predict(p, samples),
        )
        found[approach] = [_seconds(each) / count for each in work]
    print(json.dumps(found))


def _seconds(work) -> float:
    work()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
