"""A run: recorded once, found again, continued after a stop, and honest about what it lacks."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from bench.approaches.recipes import ForestRecipe, with_backbone_dtype
from bench.approaches.registry import Approach, get_approach
from bench.engines.trial import run_trial
from bench.errors import BenchError
from bench.inputs.splits import read_inputs
from bench.planning.plan import Request, plan
from bench.planning.runs import Run, RunContext
from bench.planning.tiers import get_tier
from bench.progress import events
from bench.records.store import CHECKPOINT, WEIGHTS, RunStore
from datasets import load_dataset
from models import WeightsError
from tests.support.tiny import NETWORK, make_context, register

pytestmark = [pytest.mark.smoke, pytest.mark.usefixtures("eager")]

FOREST = Approach(
    name="tiny_forest",
    title="A forest on a layer that must be trained first",
    model="tiny",
    recipe=ForestRecipe(base="tiny", features="Flatten", trees=3),
)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model and an approach that cost next to nothing join the registries."""
    register(monkeypatch)


@pytest.fixture
def context(tmp_path: Path) -> RunContext:
    return make_context(tmp_path)


def tiny(context: RunContext, **changes: object) -> Run:
    return Run(NETWORK, 0, dataclasses.replace(context, **changes))


def test_finished_run_is_found_and_not_repeated(context: RunContext) -> None:
    heard: list[events.Event] = []
    first = run_trial(tiny(context))
    again = run_trial(tiny(context, listener=heard.append))
    assert again == first
    assert heard == [events.RunFinished(first, found=True)]


def test_fresh_run_is_repeated(context: RunContext) -> None:
    first = run_trial(tiny(context))
    again = run_trial(tiny(context, rerun=True))
    assert again.test == first.test
    assert again.timings != first.timings


def test_stopped_run_goes_on_from_its_last_epoch(context: RunContext) -> None:
    def stop(event: events.Event) -> None:
        if isinstance(event, events.EpochFinished):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(tiny(context, listener=stop))
    run = tiny(context)
    assert (run.folder / CHECKPOINT).exists()
    assert context.store.read(run.folder) is None
    heard: list[events.Event] = []
    stopped = run_trial(tiny(context, listener=heard.append))
    assert [e.epoch for e in heard if isinstance(e, events.EpochFinished)] == [2]
    assert not (run.folder / CHECKPOINT).exists()
    whole = run_trial(tiny(context, store=RunStore(context.store.root / "whole")))
    assert stopped.test == whole.test


def test_forest_trains_its_network_where_only_the_record_is_at_hand(context: RunContext) -> None:
    forest = Run(FOREST, 0, context)
    first = run_trial(forest)
    base = tiny(context)
    record = (base.folder / "record.json").read_bytes()
    (base.folder / WEIGHTS).unlink()
    again = run_trial(Run(FOREST, 0, dataclasses.replace(context, rerun=True)))
    assert (base.folder / "record.json").read_bytes() == record
    assert again.test == first.test
    assert first.recipe["network"] == json.loads(record)["recipe"]


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"approach": get_approach("improved_cnn")},
        {"context": {"backend": "another"}},
        {"context": {"tier": get_tier("short")}},
    ],
)
def test_what_determines_a_run_is_in_its_key(context: RunContext, other: dict) -> None:
    changed = {**other, "context": dataclasses.replace(context, **other.get("context", {}))}
    assert dataclasses.replace(tiny(context), **changed).key != tiny(context).key


@pytest.mark.parametrize("name", ["vgg19_linear", "vgg19_forest"])
def test_backbone_s_type_is_in_the_recipe_and_the_key(context: RunContext, name: str) -> None:
    usual = Run(get_approach(name), 0, context)
    half = Run(get_approach(name), 0, dataclasses.replace(context, backbone_dtype="bfloat16"))
    assert half.network_recipe.backbone.dtype == "bfloat16"
    assert half.plain_recipe != usual.plain_recipe
    assert with_backbone_dtype(half.plain_recipe, "float32") == usual.plain_recipe
    assert half.key != usual.key


def test_what_does_not_determine_a_run_is_not_in_its_key(context: RunContext) -> None:
    renamed = dataclasses.replace(context.tier, purpose="another", seeds=9)
    assert tiny(context, tier=renamed, rerun=True).key == tiny(context).key


def test_approaches_are_scored_on_the_same_images(context: RunContext) -> None:
    tests = [
        read_inputs(Run(get_approach(name), seed, context)).test_index
        for name, seed in (("basic_cnn", 0), ("improved_cnn_augmented", 3))
    ]
    np.testing.assert_array_equal(*tests)


def test_parts_of_the_data_are_disjoint_and_labelled_right(context: RunContext) -> None:
    inputs = read_inputs(tiny(context))
    samples = np.concatenate(
        [p.samples.take(np.arange(len(p))) for p in (inputs.train, inputs.validation)]
    )
    labels = np.concatenate([inputs.train.labels, inputs.validation.labels])
    assert (len(inputs.train), len(inputs.validation), len(inputs.test)) == (80, 20, 100)
    np.testing.assert_array_equal(samples, context.dataset.train.images)
    np.testing.assert_array_equal(labels, context.dataset.train.fine)


def test_backbone_without_weights_is_named(context: RunContext) -> None:
    with pytest.raises(BenchError, match="'vgg19_linear' needs VGG-19's ImageNet weights"):
        run_trial(Run(get_approach("vgg19_linear"), 0, context))


class TestWithoutWeights:
    """No weights in the environment, in Keras' cache or on the network."""

    @pytest.fixture(autouse=True)
    def _offline(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def absent(where: str | None) -> None:
            raise WeightsError(f"no weights at {where}")

        monkeypatch.delenv("VGG19_WEIGHTS", raising=False)
        monkeypatch.setattr("bench.planning.plan.find_weights", absent)

    def request(self, tmp_path: Path, **options: object) -> Request:
        return Request(tier="short", dataset="shapes100", results=tmp_path, **options)

    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        small = load_dataset("shapes100", per_class=(1, 1))
        monkeypatch.setattr("bench.planning.plan.load_dataset", lambda *_, **__: small)

    def test_approaches_that_need_them_are_skipped_with_the_reason(self, tmp_path: Path) -> None:
        matrix = plan(self.request(tmp_path))
        assert {skip.approach for skip in matrix.skipped} == {
            "vgg19_linear",
            "vgg19_forest",
            "vgg19_96_head",
            "vgg19_96_forest",
        }
        assert {skip.reason for skip in matrix.skipped} == {"no weights at auto"}
        assert [run.approach.name for run in matrix.runs] == [
            "basic_cnn",
            "improved_cnn",
            "improved_cnn_augmented",
            "tiny",
        ]

    @pytest.mark.parametrize("options", [{"approaches": ("vgg19*",)}, {"weights": "a.npz"}])
    def test_what_was_asked_for_by_name_is_an_error(self, tmp_path: Path, options: dict) -> None:
        with pytest.raises(WeightsError, match="no weights at"):
            plan(self.request(tmp_path, **options))
