"""All seven approaches, one seed: the report's own way against ours, timed on samples and scaled.

A scaled figure is unit cost x units: a unit is an image trained, scored or read by the backbone, or
a tree. `test_growth` and `test_head_speed` show that an image's cost does not depend on how many
there are; a tree's is scaled by n log n.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from bench.approaches.recipes import BACKBONE_DTYPES, FrozenBackbone
from bench.estimators.forest import fit_forest
from bench.inputs.features import Reader, compute
from bench.inputs.samples import ArraySamples
from bench.inputs.stored_features import Layout
from bench.system.cores import available_cores
from bench.training.loop import predict
from datasets.augmentation.parameters import AffineAugmentation
from models.registry import build
from models.vgg19_weights import RANDOM
from tests.benchmarks.peers.image_data_generator import generator
from tests.benchmarks.peers.plain_keras import resized, with_backbone_in_the_loop
from tests.benchmarks.protocols import course_of, epochs_of, recipe_of

pytestmark = pytest.mark.benchmark

TRAIN, ALL, TEST = 50_000, 60_000, 10_000
CNNS = ("basic_cnn", "improved_cnn", "improved_cnn_augmented")
HEADS = {"vgg19_linear": 32, "vgg19_96_head": 96}
SHAPES = {"vgg19_linear": (4, 4, 512), "vgg19_96_head": (12, 12, 512)}
FORESTS = {"vgg19_forest": ("vgg19_linear", 8192), "vgg19_96_forest": ("vgg19_96_head", 256)}
# As documented: early stopping ended the report's training of the 96x96 head.
EPOCHS = {"vgg19_96_head": 23}
TREES = 100
ORDER = (*CNNS, "all networks", "vgg19_linear", "vgg19_forest", "vgg19_96_head", "vgg19_96_forest")
# Images that each sample is timed on.
SAMPLE = {"cnn": 1024, 32: 256, 96: 128, "forest": 5_000}
WHERE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Step:
    """One step of an approach: seconds a unit, and how many units there are."""

    approach: str
    what: str
    unit: float
    units: float

    @property
    def hours(self) -> float:
        return self.unit * self.units / 3600


def images(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), np.uint8)


def labels(count: int) -> np.ndarray:
    return (np.arange(count) % 100).astype(np.uint8)


def seconds(work: Callable[[], object], times: int = 1, warm: bool = True) -> float:
    """Of the fastest run, after one that is not counted."""
    found = []
    for _ in range(times + warm):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found[warm:])


def epochs(approach: str) -> int:
    return EPOCHS.get(approach, recipe_of(approach).epochs)


def trained(approach: str) -> int:
    """Images trained over all epochs."""
    return round(epochs(approach) * TRAIN * (1 - recipe_of(approach).split.fraction))


def validated(approach: str) -> int:
    """Images that are scored between the epochs."""
    return epochs(approach) * TRAIN - trained(approach)


def report_way() -> Iterable[Step]:
    """Plain Keras and scikit-learn's defaults; the backbone is run again wherever it is needed."""
    count = SAMPLE["cnn"]
    for name in CNNS:
        recipe = recipe_of(name)
        samples = images(count).astype(np.float32) / (255 if recipe.scaling == "unit" else 1)
        model = build(name.removesuffix("_augmented"))
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        data: tuple = (samples, labels(count))
        if recipe.augmentation is not None:
            data = (generator(AffineAugmentation()).flow(*data, batch_size=recipe.batch_size),)
        options = {"batch_size": recipe.batch_size} if len(data) == 2 else {}
        fit = seconds(lambda m=model, d=data, o=options: m.fit(*d, verbose=0, **o)) / count
        yield Step(name, "train", fit, trained(name))
        score = seconds(lambda m=model, r=samples: m.predict(r, verbose=0)) / count
        yield Step(name, "score", score, validated(name) + TEST)
    reading = {}
    for name, size in HEADS.items():
        count, batch = SAMPLE[size], recipe_of(name).batch_size
        samples, model = resized(images(count), size), with_backbone_in_the_loop(name)
        options = {"batch_size": batch, "verbose": 0}
        fit = seconds(lambda m=model, r=samples, o=options: m.fit(r, labels(len(r)), **o)) / count
        yield Step(name, "train", fit, trained(name))
        half = samples[: count // 2]
        reading[name] = seconds(lambda m=model, r=half: m.predict(r, verbose=0)) / len(half)
        yield Step(name, "score", reading[name], validated(name) + TEST)
    for name, (base, width) in FORESTS.items():
        yield Step(name, "features again", reading[base], ALL)
        yield Step(name, "fit", tree(width, lambda x, y: one_core().fit(x, y)), TREES)


def our_way(tmp_path: Path) -> Iterable[Step]:
    """Networks side by side, one per core; features once; heads and forests from the cache."""
    yield from side_by_side()
    for name, size in HEADS.items():
        count = SAMPLE[size] // 2
        for dtype in BACKBONE_DTYPES:
            backbone = FrozenBackbone(size, dtype=dtype)
            reader = Reader(images(count), name, backbone, RANDOM)
            layout = Layout("0", count, reader.sample_shape)
            given = (tmp_path / name, layout, reader)
            read = seconds(lambda g=given: compute(*g)) / count
            yield Step(name, f"features, {dtype}", read, ALL)
        samples = ArraySamples(drawn(512, SHAPES[name]))
        run_epoch, pipeline = epochs_of(name, samples), course_of(name, samples).pipeline
        fit = seconds(lambda e=run_epoch: e(np.arange(512), (0, 1))) / 512
        yield Step(name, "train", fit, trained(name))
        score = seconds(lambda p=pipeline, r=samples: predict(p, r)) / 512
        yield Step(name, "score", score, validated(name) + ALL)
        if size == 96:
            yield Step("vgg19_96_forest", "read Dense 256", score, ALL)
    for name, (_, width) in FORESTS.items():
        fit = tree(width, lambda x, y: fit_forest(x, y, trees=available_cores(), seed=0))
        yield Step(name, "fit", fit / available_cores(), TREES)


def side_by_side() -> Iterable[Step]:
    """The networks, a worker a core; what a core waits for the last of them is a step too."""
    cores = sorted(os.sched_getaffinity(0))
    single = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.benchmarks.worker"]
    workers = [
        subprocess.Popen(
            [*command, str(core), str(SAMPLE["cnn"]), *CNNS],
            cwd=WHERE,
            env=os.environ | single,
            stdout=subprocess.PIPE,
            text=True,
        )
        for core in cores
    ]
    found = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in workers]
    loads = []
    for name in CNNS:
        fit, score = np.mean([each[name] for each in found], axis=0)
        loads.append(fit * trained(name) + score * (validated(name) + ALL))
        yield Step(name, "train", fit / len(cores), trained(name))
        yield Step(name, "score", score / len(cores), validated(name) + ALL)
    ends = [0.0] * len(cores)
    for load in sorted(loads, reverse=True):
        ends[ends.index(min(ends))] += load
    yield Step("all networks", "wait for the last", max(ends) - sum(loads) / len(cores), 1)


def drawn(count: int, shape: tuple[int, ...]) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.maximum(random.normal(-300, 450, (count, *shape)), 0).astype(np.float16)


def one_core() -> RandomForestClassifier:
    return RandomForestClassifier(n_estimators=1, random_state=0)


def tree(width: int, fit: Callable[[np.ndarray, np.ndarray], object]) -> float:
    """Seconds of `fit` on 40,000 samples, from fewer samples that lean towards their class."""
    count, random = SAMPLE["forest"], np.random.default_rng(0)
    centres = random.normal(-300, 300, (100, width)).astype(np.float32)
    noise = 450 * random.standard_normal((count, width), np.float32)
    samples = np.maximum(centres[labels(count)] + noise, 0)
    scale = 40_000 * math.log(40_000) / (count * math.log(count))
    return scale * seconds(lambda: fit(samples, labels(count)), warm=False)


def hours(steps: Iterable[Step], without: str = "") -> float:
    return sum(step.hours for step in steps if step.what != without)


def table(report: list[Step], ours: list[Step]) -> list[dict[str, str]]:
    """Step by step; then in all, for both types that the backbone can compute in."""
    sides = [{(s.approach, s.what): s for s in steps} for steps in (report, ours)]
    keys = sorted({*sides[0], *sides[1]}, key=lambda key: (ORDER.index(key[0]), key[1]))
    samples = [
        {"approach": approach, "step": what}
        | _cells("report", sides[0].get((approach, what)))
        | _cells("ours", sides[1].get((approach, what)))
        for approach, what in keys
    ]
    for dtype, other in (BACKBONE_DTYPES, BACKBONE_DTYPES[::-1]):
        total = hours(ours, without=f"features, {other}")
        samples.append(
            {
                "approach": "all",
                "step": f"backbone in {dtype}",
                "report: hours": f"{hours(report):.2f}",
                "ours: hours": f"{total:.2f}",
                "ratio": f"{hours(report) / total:.1f}",
            }
        )
    return samples


def _cells(side: str, step: Step | None) -> dict[str, str]:
    if step is None:
        return {}
    return {
        f"{side}: units": f"{step.units:,}",
        f"{side}: ms a unit": f"{1000 * step.unit:.3g}",
        f"{side}: hours": f"{step.hours:.3f}",
    }


@pytest.mark.benchmark(group="whole reproduction, seven approaches, one seed")
def test_samples_of_both_ways(benchmark, tmp_path: Path) -> None:
    report, ours = benchmark.pedantic(
        lambda: (list(report_way()), list(our_way(tmp_path))), rounds=1
    )
    benchmark.extra_info["samples"] = table(report, ours)
    assert hours(report) > hours(ours, without="features, bfloat16")
