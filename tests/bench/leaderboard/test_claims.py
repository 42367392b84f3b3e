"""The claims of a report on the leaderboard: which rows carry them, and what the page says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis.verdicts import Reason, Verdict
from bench.approaches.claims import (
    Claim,
    ClaimSet,
    Decision,
    Documented,
    NotCheckable,
    Number,
    OnlyDiagonal,
    Order,
    Term,
)
from bench.leaderboard.build import assemble
from bench.leaderboard.claims import claim_source
from bench.leaderboard.files import MARKDOWN, contents
from bench.leaderboard.numbers import Unit, resolution
from bench.leaderboard.text import explanations, headline
from bench.records.record import Reading
from bench.records.store import RunStore
from tests.support.factories import APPROACHES, IMAGENET, SCRATCH_RECIPE, make_scores, write_run

SET = ClaimSet(
    "made-up",
    "Made up",
    "nowhere",
    (
        Claim("number", "1", "w", Number("plain", Documented("test_accuracy", 0.9, 0.001, "1"))),
        Claim("order", "2", "better by far", Order(Term("pretrained"), Term("plain"))),
        Claim("diagonal", "3", "nothing beside", OnlyDiagonal("plain")),
        Claim("variant", "4", "it helps", Order(Term("plain"), Term("short/plain+cut"))),
        Claim("taste", "5", "lovely", NotCheckable("A matter of taste."), informative=False),
    ),
    ("plain", "pretrained"),
    joint=(Term("plain"),),
)


@pytest.fixture
def store(tmp_path):
    store = RunStore(tmp_path)
    for seed, shift in enumerate((-0.002, 0.0, 0.002)):
        write_run(store, 0.387 + shift, seed=seed)
        write_run(store, 0.56 + shift, seed=seed, approach="pretrained", weights=IMAGENET)
    return store


def leaderboard(store, approaches=APPROACHES):
    return assemble(store.runs(), store.hits, approaches, claim_source(store, (SET,)))


def claims(store, approaches=APPROACHES):
    (section,) = leaderboard(store, approaches).sections
    return {claim.name: claim for claim in section.claims.claims}


def test_each_claim_has_its_verdict_and_evidence(store):
    found = claims(store)
    assert found["number"].verdict is Verdict.NOT_REPRODUCED
    assert found["number"].facts[0].measured.values == (0.385, 0.387, 0.389)
    assert found["order"].verdict is Verdict.REPRODUCED
    assert found["order"].facts[0].measured.mean == pytest.approx(0.173)
    assert found["taste"].verdict is Verdict.NOT_CHECKABLE
    assert found["taste"].why == "A matter of taste."


def test_confusions_are_counted_in_the_predictions(store):
    found = claims(store)["diagonal"]
    # Ten images a class: at 39 % right some wrong class is named as often, and more, by chance.
    expected = []
    for folder, record in store.runs():
        if record.approach == "plain":
            predictions = store.predictions(folder)
            peaks = 0
            for label in range(100):
                named = predictions.top_class[predictions.label == label, 0].tolist()
                own = named.count(label)
                peaks += any(named.count(other) > own for other in set(named) - {label})
            expected.append(peaks)
    assert found.facts[0].measured.values == tuple(expected)


def test_variants_come_from_the_ablations(store):
    ablations = store.collection("ablations")
    cut = {"approach": "plain+cut", "tier": "short"}
    for seed in range(3):
        write_run(ablations, 0.2, seed=seed, key=f"none-{seed}", protocol=None, **cut)
        write_run(ablations, 0.2, seed=seed, key=f"other-{seed}", protocol="e" * 64, **cut)
    # Only what followed the section's own protocol counts.
    assert claims(store)["variant"].reason is Reason.NOT_MEASURED
    for seed in range(3):
        write_run(ablations, 0.2, seed=seed, **cut)
    assert claims(store)["variant"].verdict is Verdict.REPRODUCED


def test_a_variant_that_is_an_approach_s_own_recipe_is_measured_by_its_runs(store):
    says = Order(Term("pretrained"), Term("plain+same"))
    aliased = replace(SET, claims=(Claim("same", "6", "w", says),), aliases={"plain+same": "plain"})

    def found(claims):
        section = assemble(
            store.runs(), store.hits, APPROACHES, claim_source(store, (claims,))
        ).sections[0]
        return section.claims.claims[0]

    assert found(replace(aliased, aliases={})).reason is Reason.NOT_MEASURED
    assert found(aliased).facts[0].measured.mean == pytest.approx(0.173)


def test_the_registered_recipe_stands_for_its_approach(store):
    other = replace(SCRATCH_RECIPE, batch_size=64)
    for seed in range(5):
        write_run(store, 0.9, seed=seed, key=f"other-{seed}", recipe=other)
    assert claims(store)["number"].verdict is Verdict.NOT_REPRODUCED


def test_a_row_whose_protocol_was_not_committed_carries_nothing(store, tmp_path):
    bare = RunStore(tmp_path / "bare")
    for seed in range(3):
        write_run(bare, 0.387, seed=seed, protocol=None)
    (section,) = leaderboard(bare).sections
    assert section.claims is None
    assert section.rows[0].verdict is None


def test_a_fitted_recipe_is_not_tested(store):
    fitted = replace(APPROACHES[0], decisions=(Decision("By the number.", "fitted"),))
    documented = replace(SET.claims[0].says.documented, value=0.387)
    tested = replace(
        SET, claims=(replace(SET.claims[0], says=Number("plain", documented)),), joint=()
    )
    found = assemble(
        store.runs(),
        store.hits,
        (fitted, *APPROACHES[1:]),
        claim_source(store, (tested,)),
    )
    (section,) = found.sections
    assert section.claims.claims[0].verdict is Verdict.FITTED
    assert next(row for row in section.rows if row.approach == "plain").verdict is Verdict.FITTED


def test_the_page_counts_informative_claims_and_gives_the_joint_picture(store):
    (section,) = leaderboard(store).sections
    counts, together = headline(section)
    diagonal = section.claims.claims[2].verdict
    assert diagonal is Verdict.NOT_REPRODUCED
    assert counts == (
        "Of 4 informative claims: 1 reproduced, 2 not reproduced, 1 undecided. "
        "1 claim could not have come out otherwise."
    )
    # Above three seeds, either side: 2 / 4.
    assert "1 of 1 lie above every seed" in together
    assert "p = 0.5000" in together
    page = contents(leaderboard(store))[MARKDOWN]
    assert counts in page
    assert together in page
    assert '| order: "better by far" ' in page


def test_what_is_no_plain_verdict_says_why(store):
    (section,) = leaderboard(store).sections
    said = explanations(section)
    assert "Not checkable: taste: A matter of taste." in said
    assert "Undecided: variant: nothing was measured" in said


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        (Unit.FRACTION, 0.0754, "7.5 points"),
        (Unit.DIFFERENCE, 0.118, "11.8 points"),
        (Unit.LOSS, 0.123, "0.12"),
        (Unit.COUNT, 2.04, "2.0"),
        (Unit.COUNT, 0.0, "0"),
    ],
)
def test_a_resolution_is_in_the_unit_of_its_claim(unit, value, expected):
    assert resolution(unit, value) == expected


def test_the_page_shows_the_other_reading(tmp_path):
    store = RunStore(tmp_path)
    for seed, shift in enumerate((-0.002, 0.0, 0.002)):
        folder = write_run(store, 0.387 + shift, seed=seed)
        record, predictions = store.read(folder), store.predictions(folder)
        best = Reading(epoch=1, test=make_scores(0.9 + shift, images=1000))
        both = record.model_copy(update={"readings": {"last": Reading(test=record.test)}})
        both.readings["best"] = best
        store.write(folder, both, predictions)
    page = contents(leaderboard(store))[MARKDOWN]
    assert "best epoch: 90.00 ± 0.50 % (reproduced)" in page
