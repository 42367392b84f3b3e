"""A run as data: what is in its key, what is not, and the way to another process and back."""

import dataclasses
import json
import pickle

import pytest

from bench.approaches.recipes import EarlyStopping, Optimizer, Split
from bench.errors import BenchError
from bench.estimators.registry import recipe_types
from bench.planning.run_spec import RunSpec, WeightsIdentity
from bench.planning.tiers import get_tier
from tests.support.tiny import make_run

RUN = make_run("vgg19_96_head")
FOREST = make_run("vgg19_96_forest")

DETERMINES = {
    "seed": 1,
    "approach": "another",
    "backend": "another",
    "fingerprint": "0" * 64,
    "tier": get_tier("short"),
    "weights": WeightsIdentity("imagenet", "others", "2" * 64),
}
DOES_NOT = {
    "title": "another",
    "collection": "ablations",
    "tier": dataclasses.replace(RUN.tier, purpose="another", seeds=9, name="renamed"),
    "origin": "mine:APPROACH",
}
RECIPE = {
    "optimizer": Optimizer("sgd"),
    "batch_size": 64,
    "epochs": 51,
    "split": Split("tail", 0.1),
    "early_stopping": EarlyStopping(4),
    "trains_backbone": True,
}


@pytest.mark.parametrize("field", DETERMINES)
def test_what_determines_a_run_is_in_its_key(field: str) -> None:
    assert dataclasses.replace(RUN, **{field: DETERMINES[field]}).key != RUN.key


def test_weights_of_one_kind_are_told_apart_in_the_key() -> None:
    one, other = (WeightsIdentity("imagenet", "a file", digit * 64) for digit in "12")
    assert dataclasses.replace(RUN, weights=one).key != dataclasses.replace(RUN, weights=other).key


@pytest.mark.parametrize("field", RECIPE)
def test_every_field_of_a_recipe_is_in_the_key(field: str) -> None:
    changed = dataclasses.replace(RUN.recipe, **{field: RECIPE[field]})
    assert dataclasses.replace(RUN, recipe=changed).key != RUN.key


@pytest.mark.parametrize("field", DOES_NOT)
def test_what_does_not_determine_a_run_is_not_in_its_key(field: str) -> None:
    assert dataclasses.replace(RUN, **{field: DOES_NOT[field]}).key == RUN.key


@pytest.mark.parametrize("spec", [RUN, FOREST], ids=["network", "forest"])
def test_backbone_s_type_is_in_the_recipe_and_the_key(spec: RunSpec) -> None:
    def in_bfloat16(run: RunSpec) -> RunSpec:
        base = in_bfloat16(run.base) if run.base else None
        recipe = run.recipe.with_backbone_dtype("bfloat16")
        return dataclasses.replace(run, recipe=recipe, base=base)

    half = in_bfloat16(spec)
    assert half.network_recipe.backbone.dtype == "bfloat16"
    assert half.plain_recipe != spec.plain_recipe
    assert half.key != spec.key


def test_forest_needs_its_network_where_it_reads_a_trained_layer() -> None:
    assert [run.approach for run in FOREST.needs] == ["vgg19_96_head"]
    assert make_run("vgg19_forest").needs == ()
    assert FOREST.plain_recipe["network"] == FOREST.base.plain_recipe
    assert make_run("vgg19_96_forest", 3).base == make_run("vgg19_96_head", 3)
    assert FOREST.epochs == 0
    assert RUN.epochs == 2


@pytest.mark.parametrize("spec", [RUN, FOREST, make_run("improved_cnn_augmented", 3)])
def test_run_goes_to_another_process_and_back(spec: RunSpec) -> None:
    sent = json.loads(json.dumps(spec.to_plain()))
    back = RunSpec.from_plain(sent, recipe_types())
    assert back == spec
    assert back.key == spec.key
    assert hash(back) == hash(spec)
    assert pickle.loads(pickle.dumps(spec)) == spec


DAMAGES = {
    "no recipe": lambda plain: plain.pop("recipe"),
    "no estimator": lambda plain: plain["recipe"].pop("estimator"),
    "unknown estimator": lambda plain: plain["recipe"].update(estimator="absent"),
    "words for a number": lambda plain: plain["recipe"].update(epochs="many"),
    "no tier": lambda plain: plain.update(tier=None),
    "one field more": lambda plain: plain.update(unheard_of=1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_description_is_refused_in_one_line(damage: str) -> None:
    plain = RUN.to_plain()
    DAMAGES[damage](plain)
    with pytest.raises(BenchError, match=r"^this is no description of a run .*; plan it again$"):
        RunSpec.from_plain(plain, recipe_types())
