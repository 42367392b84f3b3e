"""A random forest on each kind of features: scikit-learn on all cores against the alternatives."""

import importlib.metadata

import numpy as np
import pytest
import sklearn
from sklearn.ensemble import RandomForestClassifier

from bench.estimators.forest import fit_forest

pytestmark = pytest.mark.benchmark

COUNT, CLASSES, TREES = 4_000, 20, 10
WIDTHS = [
    pytest.param(
        n, marks=pytest.mark.benchmark(group=f"a forest of {TREES} trees on {n:,} features")
    )
    for n in (256, 8192)
]
LABELS = (np.arange(2 * COUNT) % CLASSES).astype(np.uint8)


def drawn(width: int) -> np.ndarray:
    """Float32 samples that lean towards their class, most of them zero as a backbone's are."""
    random = np.random.default_rng(0)
    centres = random.normal(-300, 100, (CLASSES, width)).astype(np.float32)
    noise = 450 * random.standard_normal((2 * COUNT, width), np.float32)
    return np.maximum(centres[LABELS] + noise, 0)


def fit(benchmark, make, width: int) -> None:
    samples = drawn(width)
    forest = benchmark.pedantic(make, (samples[:COUNT], LABELS[:COUNT]), rounds=3)
    accuracy = forest.score(samples[COUNT:], LABELS[COUNT:])
    assert accuracy > 1.5 / CLASSES
    name = benchmark.extra_info.get("peer", "ours")
    benchmark.extra_info["samples"] = [{"forest": name, "accuracy": f"{accuracy:.3f}"}]


@pytest.mark.parametrize("width", WIDTHS)
def test_ours(benchmark, width: int) -> None:
    fit(benchmark, lambda x, y: fit_forest(x, y, trees=TREES, seed=0), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_defaults_of_scikit_learn(benchmark, width: int) -> None:
    benchmark.extra_info["peer"] = f"scikit-learn {sklearn.__version__}, its defaults"
    fit(benchmark, RandomForestClassifier(TREES, random_state=0).fit, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_scikit_learn_intelex(benchmark, width: int) -> None:
    pytest.importorskip("sklearnex", reason="install scikit-learn-intelex to compare with it")
    from sklearnex.ensemble import RandomForestClassifier as Intelex

    version = importlib.metadata.version("scikit-learn-intelex")
    benchmark.extra_info["peer"] = f"scikit-learn-intelex {version}"
    fit(benchmark, Intelex(TREES, random_state=0, n_jobs=-1).fit, width)
