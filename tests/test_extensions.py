"""One of each kind of extension, in one file of a stranger: each is registered, and used."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.commands.list import _LISTS
from tests.support.plugins import ROOT, run_bench, write_entry_points

pytestmark = pytest.mark.processes

# What CONTRIBUTING lists: kind in the table, group of entry points, name in the file below.
KINDS = {
    "approach": ("approaches", "APPROACH"),
    "report": ("claims", "REPORT"),
    "model": ("models", "MODEL"),
    "estimator": ("estimators", "ESTIMATOR"),
    "engine": ("engines", "ENGINE"),
    "data set": ("datasets", "DATASET"),
    "tracker": ("trackers", "TRACKER"),
    "page section": ("sections", "SECTION"),
}
STRANGER = """
import dataclasses
from pathlib import Path
from typing import ClassVar

import numpy as np

from bench.approaches.approach import Approach
from bench.approaches.claims import Claim, ClaimSet, NotCheckable
from bench.approaches.recipes import NetworkRecipe, Optimizer, Split
from bench.engines.inline import InlineEngine
from bench.engines.registry import EngineEntry
from bench.estimators.network import NetworkEstimator
from bench.estimators.registry import EstimatorEntry
from bench.pages.sections import Section
from bench.report.parts import PartEntry
from bench.trackers.protocol import RunLog
from bench.trackers.registry import TrackerEntry
from datasets import ImageDataset, Labelled
from datasets.entry import DatasetEntry
from datasets.image_dataset import content_digest, fingerprint
from models.registry import ModelEntry


def note(what):
    with Path("used.txt").open("a") as file:
        print(what, file=file)


def network(input_shape, num_classes):
    import keras

    note("model")
    layers = [keras.Input(input_shape), keras.layers.GlobalAveragePooling2D()]
    return keras.Sequential([*layers, keras.layers.Dense(num_classes, activation="softmax")])


@dataclasses.dataclass(frozen=True)
class Recipe(NetworkRecipe):
    estimator: ClassVar[str] = "stranger"


class Estimator(NetworkEstimator):
    def fit(self, task):
        note("estimator")
        return super().fit(task)


class Engine(InlineEngine):
    def run(self, plan, session):
        note("engine")
        yield from super().run(plan, session)


class Tracker(RunLog):
    def __init__(self, folder):
        pass

    def logged(self):
        return {}

    def start(self, card):
        note("tracker")
        return self

    def metrics(self, epoch, values):
        pass

    def finish(self, scores, version):
        pass


def load():
    note("data set")
    random = np.random.RandomState(0)
    splits = [
        Labelled(
            random.randint(0, 256, (per_class * 3, 16, 16, 3)).astype(np.uint8),
            *(np.arange(per_class * 3, dtype=np.uint8) % 3 for _ in range(2)),
        )
        for per_class in (4, 2)
    ]
    return ImageDataset(
        "stranger", *splits, *(("ant", "bee", "cow"),) * 2, "made up",
        fingerprint(*splits), content_digest(*splits), title="Three animals", synthetic=True,
    )


def part(store):
    note("page section")
    return Section("strange", "A stranger speaks", (f"{len(list(store.runs()))} run seen.",))


APPROACH = Approach(
    "stranger", "A stranger", "stranger", Recipe(Split("tail", 0.25), Optimizer(), 4, 1)
)
REPORT = ClaimSet(
    "stranger", "A strange report", "a stranger says",
    (Claim("it", "1", "it is so", NotCheckable("It is a matter of taste.")),),
    ("stranger",), dataset="stranger",
)
MODEL = ModelEntry("stranger", "stranger:network", image_size=16)
ESTIMATOR = EstimatorEntry("stranger", "a network that says so", Recipe, "stranger:Estimator")
ENGINE = EngineEntry("stranger", "this process, and says so", "stranger:Engine")
DATASET = DatasetEntry(
    "stranger", "Three animals", "three classes of noise", "stranger:load", synthetic=True
)
TRACKER = TrackerEntry("stranger", "says so", factory="stranger:Tracker")
SECTION = PartEntry("stranger", "says so", "stranger:part")
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder in which a run and a report were made with all of them, and where they are."""
    site, folder = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("work")
    (site / "stranger.py").write_text(STRANGER)
    groups = {
        f"cifar100_bench.{group}": {"stranger": f"stranger:{name}"}
        for group, name in KINDS.values()
    }
    write_entry_points(site, "stranger", groups)
    words = ("--approach", "stranger", "--dataset", "stranger", "--engine", "stranger")
    for command in (
        ("run", "--tier", "short", *words, "--tracker", "stranger"),
        ("report",),
    ):
        done = run_bench(*command, "--results", "r", site=site, folder=folder)
        assert (done.returncode, done.stderr.count("left out")) == (0, 0), done.stderr
    return folder, site


def test_each_kind_is_used(ran: tuple[Path, Path]) -> None:
    folder, _ = ran
    used = set((folder / "used.txt").read_text().splitlines())
    # A report has nothing to run: it speaks on the page.
    assert used == set(KINDS) - {"approach", "report"}
    board = (folder / "r" / "leaderboard.md").read_text()
    assert "## Three animals, short tier" in board
    assert "A stranger |" in board
    assert "Documented is what a stranger says." in board
    page = (folder / "r" / "report" / "index.html").read_text()
    assert "A stranger speaks" in page
    assert "1 run seen." in page
    assert "Three animals benchmark report" in page


def test_each_kind_is_listed(ran: tuple[Path, Path]) -> None:
    folder, site = ran
    code = (
        "import json; from bench.commands.list import _LISTS; "
        "print(json.dumps({name: [row[0] for row in rows()[1]] for name, rows in _LISTS.items()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])},
        capture_output=True,
        text=True,
        check=True,
    )
    listed = json.loads(done.stdout)
    for group, _ in KINDS.values():
        assert "stranger" in listed[group], group


def test_contributing_lists_every_kind_and_the_files_are_there() -> None:
    lines = (ROOT / "CONTRIBUTING.md").read_text().splitlines()
    rows = dict(
        (cell.strip() for cell in line.strip("|").split("|", 1))
        for line in lines[lines.index("| to add | touch |") + 2 :]
        if line.startswith("|")
    )
    assert {name.removeprefix("an ").removeprefix("a ") for name in rows} == set(KINDS)
    for touched in rows.values():
        for path in touched.split("`")[1::2]:
            assert "/" not in path or (ROOT / path).exists(), path
    assert {group for group, _ in KINDS.values()} <= set(_LISTS)
