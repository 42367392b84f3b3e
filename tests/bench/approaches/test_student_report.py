"""The student report as data, against a table typed from the report."""

from __future__ import annotations

import pytest

from bench.approaches.claims import ClaimSet, NotCheckable, Number
from bench.approaches.registry import APPROACHES
from bench.approaches.student_report import STUDENT_REPORT

# Typed from the report's own pages, approach by approach.
PRINTED = {
    "basic_cnn": {
        "parameters": "184,004",
        "trainable_parameters": "183,844",
        "non_trainable_parameters": "160",
        "epochs": "10",
        "train_accuracy": "0.50",
        "train_loss": "1.86",
        "validation_accuracy": "0.36",
        "validation_loss": "2.68",
        "test_accuracy": "38.7%",
    },
    "improved_cnn": {
        "parameters": "497,092",
        "trainable_parameters": "496,100",
        "non_trainable_parameters": "992",
        "validation_accuracy": "43.93%",
        "test_accuracy": "43.93%",
    },
    "improved_cnn_augmented": {
        "parameters": "497,092",
        "trainable_parameters": "496,100",
        "non_trainable_parameters": "992",
        "validation_accuracy": "48.76%",
        "test_accuracy": "48.76%",
    },
    "vgg19_linear": {"epochs": "20", "test_accuracy": "51.2%"},
    "vgg19_forest": {"test_accuracy": "40%"},
    "vgg19_96_head": {
        "parameters": "48,493,476",
        "trainable_parameters": "37,907,300",
        "non_trainable_parameters": "10,586,176",
        "epochs": "23",
        "train_accuracy": "0.61",
        "train_loss": "1.37",
        "validation_accuracy": "0.60",
        "validation_loss": "1.51",
        "test_accuracy": "60%",
    },
    "vgg19_96_forest": {"test_accuracy": "57%"},
}


def read(text: str) -> tuple[float, float]:
    """A printed number and the step that it is printed with."""
    digits = text.rstrip("%").replace(",", "")
    scale = 100 if text.endswith("%") else 1
    return float(digits) / scale, 10.0 ** -len(digits.partition(".")[2]) / scale


@pytest.mark.parametrize("approach", PRINTED)
def test_numbers_are_those_that_the_report_prints(approach):
    found = {d.quantity: (d.value, d.step) for d in STUDENT_REPORT.documented_of(approach)}
    assert found == {
        quantity: pytest.approx(read(text)) for quantity, text in PRINTED[approach].items()
    }


def test_every_approach_of_the_report_is_registered_with_its_numbers():
    assert STUDENT_REPORT.approaches == tuple(PRINTED)
    for approach in APPROACHES:
        assert approach.documented == STUDENT_REPORT.documented_of(approach.name)


def test_counts_and_epochs_set_by_the_recipe_are_not_informative():
    silent = {claim.name for claim in STUDENT_REPORT.claims if not claim.informative}
    counts = {
        f"{approach}-{quantity}".replace("_", "-")
        for approach, printed in PRINTED.items()
        for quantity in printed
        if quantity.endswith("parameters")
    }
    assert silent == counts | {"basic-cnn-epochs", "vgg19-linear-epochs", "balanced"}
    for claim in STUDENT_REPORT.claims:
        if isinstance(claim.says, Number):
            assert claim.says.documented.informative == claim.informative


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("improvements-gain", "Difference"),
        ("augmentation-gain", "Difference"),
        ("augmentation-gain-at-equal-epochs", "Difference"),
        ("forest-below-linear", "Difference"),
        ("forest-below-head", "Difference"),
        ("head-minus-scratch", "Difference"),
        ("head-beats-scratch", "Order"),
        ("second-forest-better", "Order"),
        ("improvements-help", "Order"),
        *((f"improvement-{number}", "Order") for number in range(1, 6)),
        ("basic-overfits", "Overfits"),
        ("improved-overfits", "Overfits"),
        ("linear-overfits", "Overfits"),
        ("augmentation-brings-together", "GapShrinks"),
        ("basic-stabilises", "Stabilises"),
        ("basic-improves-each-epoch", "ImprovesEachEpoch"),
        ("basic-diagonal", "OnlyDiagonal"),
        ("basic-no-alternatives", "NoAlternatives"),
        ("hard-pairs", "Confused"),
        ("improved-test-as-validation", "Gap"),
        ("augmented-test-as-validation", "Gap"),
        ("balanced", "DatasetCounts"),
        ("well-cropped", "NotCheckable"),
        ("dropping-layers-helps", "Order"),
        ("head-stops-early", "StopsEarly"),
        ("head-good-fit", "GoodFit"),
        ("top-of-the-field", "TopOfTable"),
    ],
)
def test_each_claim_in_words_is_an_entry(name, kind):
    (claim,) = (claim for claim in STUDENT_REPORT.claims if claim.name == name)
    assert type(claim.says).__name__ == kind
    assert claim.words
    assert claim.section


def test_each_claim_says_how_it_is_checked_or_why_it_is_not():
    for claim in STUDENT_REPORT.claims:
        assert claim.says.why if isinstance(claim.says, NotCheckable) else claim.checked


def test_two_claims_of_one_name_are_refused():
    claim = STUDENT_REPORT.claims[0]
    with pytest.raises(ValueError, match=claim.name):
        ClaimSet("x", "X", "nowhere", (claim, claim), ())
