"""The same seed gives the same bits in any layout of processes, on both backends."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from bench.errors import BenchError
from bench.system.cores import own_cores
from bench.training.determinism import environment, prepare

SCRIPT = """
import hashlib, json, os, sys
if sys.argv[1] != "-":
    os.sched_setaffinity(0, {int(sys.argv[1])})
from bench.training.determinism import prepare
threads = prepare(int(sys.argv[2]) if sys.argv[2] != "-" else None)
import keras, numpy as np
from bench.approaches.registry import get_approach
from bench.inputs.samples import ArraySamples, Labelled
from bench.training.loop import TrainingState, fit, with_input_pipeline
from models.logits import logits_of
from models.registry import build_trainable
random = np.random.default_rng(0)
train = Labelled(
    ArraySamples(random.integers(0, 256, (200, 32, 32, 3), np.uint8)),
    random.integers(0, 100, 200).astype(np.uint8),
)
recipe = get_approach("basic_cnn").recipe
keras.utils.set_random_seed(1)
network = build_trainable("basic_cnn", (32, 32, 3), 100)
pipeline = with_input_pipeline(logits_of(network), recipe, train.samples, 1)
found = fit(TrainingState(pipeline, recipe, None, epochs=2, seed=1), train)
bits = b"".join(w.tobytes() for w in found.last.weights)
print(json.dumps([threads, hashlib.sha256(bits).hexdigest(), found.history[-1].loss]))
"""


def bits(backend: str, core: str, count: str, variables: dict[str, str]) -> list:
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, core, count],
        env=os.environ | {"KERAS_BACKEND": backend} | variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=280,
    )
    return json.loads(found.stdout.splitlines()[-1])


@pytest.mark.processes
@pytest.mark.skipif(len(own_cores()) < 2, reason="needs two cores that processes can be pinned to")
@pytest.mark.parametrize(
    "backend",
    [
        pytest.param(name, marks=pytest.mark.skipif(find_spec(name) is None, reason="missing"))
        for name in ("tensorflow", "jax")
    ],
)
def test_bits_are_the_same_on_one_core_on_another_and_on_all(backend: str) -> None:
    first, second, *_ = map(str, own_cores())
    alone = bits(backend, "-", "1", {})
    assert alone[0] == 1
    assert bits(backend, first, "-", environment(1)) == alone
    assert bits(backend, second, "1", {}) == alone


def test_variables_name_the_threads_of_every_library() -> None:
    found = environment(3)
    assert set(found.values()) == {"3"}
    assert {"TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "PJRT_NPROC"} <= found.keys()


@pytest.mark.parametrize("count", [0, -1])
def test_number_of_threads_under_one_is_refused(count: int) -> None:
    with pytest.raises(BenchError, match=f"{count} threads cannot compute"):
        environment(count)


def test_threads_of_a_started_framework_are_not_promised_anew() -> None:
    import keras  # noqa: F401

    with pytest.raises(BenchError, match=r"already started with \d+ threads instead of 997"):
        prepare(997)
