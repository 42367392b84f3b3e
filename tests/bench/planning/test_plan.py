"""From a request to runs: the right ones, in the right order, and bad input in one line."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.approaches.registry import installed_approaches
from bench.errors import BenchError
from bench.planning.plan import Plan, plan
from bench.planning.request import Request
from datasets import load_dataset
from models import WeightsError
from tests.support.tiny import make_run


def test_runs_come_by_approach_and_seed() -> None:
    planned = plan(Request("smoke", ("basic*", "vgg19_forest"), seeds=2), installed_approaches())
    assert [(run.approach, run.seed) for run in planned.runs] == [
        ("basic_cnn", 0),
        ("basic_cnn", 1),
        ("vgg19_forest", 0),
        ("vgg19_forest", 1),
    ]


def test_network_comes_before_the_forest_that_reads_it() -> None:
    head, forest = make_run("vgg19_96_head"), make_run("vgg19_96_forest")
    assert list(Plan((forest, head)).ordered()) == [head, forest]


def test_backbone_dtype_is_in_every_run(tmp_path: Path) -> None:
    planned = plan(Request("smoke", backbone_dtype="bfloat16"), installed_approaches())
    found = {run.approach: run.network_recipe.backbone for run in planned.runs}
    assert {name for name, backbone in found.items() if backbone} == {
        "vgg19_linear",
        "vgg19_forest",
        "vgg19_96_head",
        "vgg19_96_forest",
    }
    assert {backbone.dtype for backbone in found.values() if backbone} == {"bfloat16"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tier": "shorty"}, "unknown tier 'shorty'"),
        ({"approaches": ("basic_cn",)}, "unknown approach 'basic_cn'; did you mean 'basic_cnn'"),
        ({"seeds": 0}, "0 seeds asked for; give a number from 1 to 10,000"),
        ({"seeds": 10**9}, "1000000000 seeds asked for; give a number from 1 to 10,000"),
        ({"backbone_dtype": "float8"}, "unknown backbone dtype 'float8'; known: float32, bfloat16"),
    ],
)
@pytest.mark.promise("absurd numbers of seeds, or unknown names", "one line before any work")
def test_bad_input_is_refused_before_data_is_sought(changes, message, monkeypatch) -> None:
    def sought(*_: object, **__: object) -> None:
        raise AssertionError("data was sought")

    monkeypatch.setattr("bench.planning.datasets.load_dataset", sought)
    with pytest.raises(BenchError, match=message):
        plan(Request(**changes), installed_approaches())


def test_synthetic_images_take_a_random_backbone_without_being_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = load_dataset("shapes100", per_class=(1, 1))
    monkeypatch.setattr("bench.planning.datasets.load_dataset", lambda *_, **__: small)
    planned = plan(Request("short", dataset="shapes100"), installed_approaches())
    assert planned.skipped == ()
    kinds = {run.approach: run.weights and run.weights.kind for run in planned.runs}
    assert kinds["vgg19_linear"] == kinds["vgg19_96_forest"] == "random"
    assert kinds["basic_cnn"] is None


class TestWithoutWeights:
    """No weights in the environment, in Keras' cache or on the network."""

    @pytest.fixture(autouse=True)
    def _offline(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def absent(where: str | None) -> None:
            raise WeightsError(f"no weights at {where}")

        # Photographs, as far as planning can tell: synthetic images take a random backbone.
        small = replace(load_dataset("shapes100", per_class=(1, 1)), synthetic=False)
        monkeypatch.delenv("VGG19_WEIGHTS", raising=False)
        monkeypatch.setattr("bench.planning.prerequisites.find_weights", absent)
        monkeypatch.setattr("bench.planning.datasets.load_dataset", lambda *_, **__: small)

    def test_approaches_that_need_them_are_skipped_with_the_reason(self) -> None:
        planned = plan(Request("short", dataset="shapes100"), installed_approaches())
        assert {skip.approach for skip in planned.skipped} == {
            "vgg19_linear",
            "vgg19_forest",
            "vgg19_96_head",
            "vgg19_96_forest",
        }
        assert {skip.reason for skip in planned.skipped} == {"no weights at auto"}
        assert [run.approach for run in planned.runs] == [
            "basic_cnn",
            "improved_cnn",
            "improved_cnn_augmented",
        ]

    @pytest.mark.parametrize("options", [{"approaches": ("vgg19*",)}, {"weights": "a.npz"}])
    def test_what_was_asked_for_by_name_is_an_error(self, options: dict) -> None:
        request = Request("short", dataset="shapes100", **options)
        with pytest.raises(WeightsError, match="no weights at"):
            plan(request, installed_approaches())
