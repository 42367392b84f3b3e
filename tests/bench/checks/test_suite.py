"""A sound approach passes; each planted fault is caught by the check that is named for it."""

from pathlib import Path

import pytest

from bench.approaches.approach import Approach, Documented
from bench.approaches.registry import installed_approaches
from bench.checks import CHECKS, Subject, of_fits, of_models, violations
from models.registry import ModelEntry
from tests.support import toy

pytestmark = pytest.mark.usefixtures("eager")

CAUGHT_BY = {
    toy.LeaksTestImages: of_fits.fits_without_the_test_images,
    toy.IgnoresItsSeed: of_fits.heeds_its_seed,
    toy.DrawsFromTheClock: of_fits.gives_the_same_with_the_same_seed,
    toy.GivesScores: of_fits.gives_probabilities,
    toy.ChangesItsInputs: of_fits.leaves_its_inputs_unchanged,
    toy.NamesTooManyClasses: of_fits.names_only_classes_that_exist,
    toy.KeepsItsFirstFit: of_fits.keeps_nothing_between_runs,
    toy.FailsOnBlack: of_fits.is_finite_on_a_black_image,
    toy.AsksTheNetwork: of_fits.works_without_a_network,
    toy.ForgetsAnImage: of_fits.predicts_every_test_image,
    toy.MixesTheOrder: of_fits.predicts_every_test_image,
}
TABLED = ModelEntry("toy", "tests.support.toy:small", table="models:documented/basic_cnn.toml")


def subject(folder: Path, **fields: object) -> Subject:
    approach = Approach(name="toy", title="Toy", **{"model": "basic_cnn", **fields})
    known = installed_approaches().extended(approach)
    return Subject(approach, known, folder, toy.ESTIMATORS_WITH_TOYS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_sound_approach_passes(check, tmp_path: Path) -> None:
    assert violations(check, subject(tmp_path, recipe=toy.ToyRecipe())) == ()


@pytest.fixture(scope="module")
def sound_network(eager: None, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """One for all checks, so that those of a usual fit look at the same one."""
    folder = tmp_path_factory.mktemp("sound")
    return subject(folder, model="tests.support.toy:small", recipe=toy.NETWORK)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_sound_network_passes(check, sound_network: Subject) -> None:
    assert violations(check, sound_network) == ()


def test_every_toy_has_its_check() -> None:
    assert set(CAUGHT_BY) == set(toy.FAULTS)


@pytest.mark.parametrize("fault", toy.FAULTS, ids=lambda fault: fault.__name__)
def test_fault_of_an_estimator_is_caught(fault: type, tmp_path: Path) -> None:
    toy.KeepsItsFirstFit.first.clear()
    faulty = subject(tmp_path, recipe=toy.ToyRecipe(fault.__name__))
    assert violations(CAUGHT_BY[fault], faulty) != ()


@pytest.mark.parametrize(
    ("model", "check", "said"),
    [
        ("without_softmax", of_models.model_gives_probabilities, "end in a softmax"),
        ("without_softmax", of_fits.can_be_fitted, "should end in a Dense layer with softmax"),
        (
            "always_a_hundred",
            of_models.model_has_as_many_outputs_as_classes,
            "output of shape (None, 100) for 7 classes",
        ),
        ("unsaved", of_models.saved_weights_predict_the_same, "from those before saving"),
        ("no_such_model", of_fits.can_be_fitted, "cannot be imported"),
    ],
)
def test_fault_of_a_network_is_caught(model: str, check, said: str, tmp_path: Path) -> None:
    faulty = subject(tmp_path, model=f"tests.support.toy:{model}", recipe=toy.NETWORK)
    assert said in " ".join(violations(check, faulty))


def test_wrong_layer_table_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_models, "model_entry", lambda name: TABLED)
    found = violations(
        of_models.layer_table_is_the_documented_one, subject(tmp_path, recipe=toy.NETWORK)
    )
    assert any("parameters should be" in line for line in found)


def test_wrong_number_of_parameters_is_caught(tmp_path: Path) -> None:
    claimed = (Documented("parameters", 5, 1, "here"),)
    faulty = subject(tmp_path, recipe=toy.NETWORK, documented=claimed)
    (line,) = violations(of_models.layer_table_is_the_documented_one, faulty)
    assert line.endswith("parameters, documented are 5")


def test_recipe_that_says_it_needs_no_seed_is_held_to_it(tmp_path: Path) -> None:
    steady = subject(tmp_path, recipe=toy.ToyRecipe("IgnoresItsSeed", uses_seed=False))
    assert violations(of_fits.heeds_its_seed, steady) == ()
    moving = subject(tmp_path, recipe=toy.ToyRecipe(uses_seed=False))
    assert "seeds 0 and 1 differ" in violations(of_fits.heeds_its_seed, moving)[0]
