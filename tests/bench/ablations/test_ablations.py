"""Ablations: variants that differ in one thing, kept apart, compared fairly."""

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from bench.ablations.ablation import Ablation, Variant, variant
from bench.ablations.earlier import EARLIER
from bench.ablations.entries import ABLATIONS, select_ablations
from bench.ablations.page import PAGE, ablation_markdown, ablation_section, write_ablations
from bench.ablations.planning import ablation_store, is_claimed, variant_run
from bench.ablations.results import ablation_results, learning_curves
from bench.analysis.statistics import difference_interval, paired_test
from bench.approaches.claim_sets import CLAIM_SETS
from bench.approaches.recipes import NetworkRecipe, Optimizer, as_plain, digest
from bench.approaches.registry import APPROACHES, get_approach, plain_recipe
from bench.engines.unit import do_run
from bench.errors import BenchError
from bench.planning.plan import Setting
from bench.planning.prerequisites import Sources, identity_of
from bench.planning.tiers import get_tier
from bench.records.store import WEIGHTS, RunStore
from bench.system.backend import choose_backend
from bench.verification.verify import verify
from datasets import load_dataset
from models.errors import WeightsError
from models.registry import build_backbone
from models.vgg19_weights import expected_shapes, find_weights, load_backbone_weights
from tests.support.factories import write_run
from tests.support.tiny import make_run, make_session

pytestmark = pytest.mark.usefixtures("eager")

QUESTION = dataclasses.replace(
    next(ablation for ablation in ABLATIONS if ablation.name == "cnn-optimizer"),
    tier=get_tier("full"),
)
CHOSEN, OTHER = QUESTION.variants[:2]


def record(store: RunStore, tried: Variant, accuracy: float, seed: int = 0, **fields) -> Path:
    recipe = tried.approach.recipe
    assert isinstance(recipe, NetworkRecipe)
    name = tried.approach.name
    return write_run(
        store, accuracy, seed=seed, approach=name, recipe=recipe, key=f"{name}-{seed}", **fields
    )


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A leaderboard's run, and a variant that was tried beside it."""
    monkeypatch.setattr("bench.ablations.page.ABLATIONS", (QUESTION,))
    store = RunStore(tmp_path / "results")
    for seed in range(3):
        record(store, CHOSEN, 0.37 + 0.01 * seed, seed)
        record(ablation_store(store), OTHER, 0.33 + 0.01 * seed, seed)
    return store


@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda ablation: ablation.name)
def test_ablation_is_whole(ablation: Ablation) -> None:
    labels = [tried.label for tried in ablation.variants]
    assert len(set(labels)) == len(labels) > 1
    assert all(tried.against in ("", *labels) for tried in ablation.variants)
    assert any(tried.registered for tried in ablation.variants)
    whole = [
        (tried.approach.model, digest(plain_recipe(tried.approach, EARLIER)))
        for tried in ablation.variants
    ]
    assert len(set(whole)) == len(whole)


def test_no_two_variants_share_a_name_and_none_takes_an_approach_s() -> None:
    tried = [v for ablation in ABLATIONS for v in ablation.variants if not v.registered]
    names = [v.approach.name for v in tried]
    assert len(set(names)) == len(names)
    assert not set(names) & {approach.name for approach in APPROACHES}


def test_ablations_that_claims_speak_of_follow_the_protocol() -> None:
    claimed = [ablation.name for ablation in ABLATIONS if is_claimed(ablation, CLAIM_SETS)]
    assert claimed == ["improvements", "dropped-layers"]
    assert not is_claimed(ABLATIONS[0], ())
    # "fifth/basic_cnn+..." is not the same runs on all images.
    elsewhere = dataclasses.replace(ABLATIONS[0], tier=get_tier("full"))
    assert not is_claimed(elsewhere, CLAIM_SETS)


def test_variants_that_claims_alias_train_by_the_approach_s_own_recipe() -> None:
    tried = {v.approach.name: v.approach for ablation in ABLATIONS for v in ablation.variants}
    aliases = {alias: name for claims in CLAIM_SETS for alias, name in claims.aliases.items()}
    assert aliases
    for alias, name in aliases.items():
        assert tried[alias].recipe == get_approach(name).recipe
        assert tried[alias].model == get_approach(name).model


def test_uncut_backbone_is_the_whole_of_keras_vgg_19() -> None:
    (ablation,) = select_ablations(("dropped-layers",))
    cut, whole = ablation.variants
    assert whole.approach.name == "vgg19_linear+uncut-backbone"
    assert (cut.approach, whole.approach.recipe) == (
        get_approach("vgg19_linear"),
        cut.approach.recipe,
    )
    backbone = build_backbone(whole.approach.model)
    assert backbone is not None
    # Keras' documentation: 20,024,384 without the dense layers; five poolings halve 32 pixels to 1.
    assert (backbone.count_params(), backbone.output.shape[1:]) == (20_024_384, (1, 1, 512))
    assert not backbone.trainable_weights
    assert [layer.name for layer in backbone.layers[-6:]] == [
        "block4_pool",
        *(f"block5_conv{number}" for number in range(1, 5)),
        "block5_pool",
    ]


def test_weights_of_four_blocks_do_not_fill_the_uncut_backbone(tmp_path: Path) -> None:
    arrays = {name: np.zeros(shape, np.float32) for name, shape in expected_shapes().items()}
    np.savez(tmp_path / "w.npz", **arrays)
    backbone = build_backbone("models.vgg19_uncut:UNCUT")
    with pytest.raises(WeightsError, match=r"block5_conv1_kernel .*is absent"):
        load_backbone_weights(backbone, find_weights(str(tmp_path / "w.npz")))


def test_variant_without_a_change_is_the_approach_itself() -> None:
    assert variant("any", "basic_cnn").registered
    assert variant("any", "basic_cnn", epochs=10).registered
    assert not variant("any", "basic_cnn", epochs=11).registered


@pytest.mark.parametrize(
    ("name", "then", "now"),
    [
        ("vgg-optimizer", "SGD 0.01, batch 32", "Adam 0.001, batch 32"),
        ("augmented-epochs", "40 epochs", "20 epochs"),
        # Batches of 32 and no patience are none of its variants.
        ("head-optimizer", "Adam 0.001, batch 128, patience 3", None),
    ],
)
def test_what_was_chosen_then_is_not_what_is_registered_now(name, then, now) -> None:
    (ablation,) = select_ablations((name,))
    assert [tried.label for tried in ablation.variants if tried.registered] == [then]
    marked = [tried.label for tried in ablation.variants if tried.registered_now]
    assert marked == ([] if now is None else [now])


def test_unknown_ablation_is_named_with_the_known_ones() -> None:
    with pytest.raises(BenchError, match="unknown ablation 'colour'; known: improvements, cnn-"):
        select_ablations(("colour",))


def test_field_added_later_keeps_the_keys_of_recorded_runs() -> None:
    recipe = get_approach("vgg19_linear").recipe
    assert isinstance(recipe, NetworkRecipe)
    assert "trains_backbone" not in as_plain(recipe)
    assert as_plain(dataclasses.replace(recipe, trains_backbone=True))["trains_backbone"] is True


@pytest.fixture
def setting() -> Setting:
    dataset = load_dataset("shapes100", per_class=(1, 1))
    return Setting(dataset, identity_of(find_weights("random")), choose_backend(), Sources())


def test_variants_are_kept_apart_from_the_leaderboard(setting: Setting) -> None:
    shared, own = (variant_run(QUESTION, tried, 0, setting) for tried in (CHOSEN, OTHER))
    assert shared == make_run(CHOSEN.approach, tier=get_tier("full"))
    assert own.collection == "ablations"
    assert shared.key != own.key


def test_forest_of_an_ablation_finds_the_leaderboard_s_network(setting: Setting) -> None:
    question = next(a for a in ABLATIONS if a.name == "forest-features")
    forest = variant_run(question, question.variants[1], 0, setting)
    assert forest.base is not None
    assert forest.base.collection == ""
    assert forest.collection == "ablations"


def test_backbone_can_be_trained_with_its_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small_backbone(image_size: int) -> keras.Model:
        images = keras.Input((image_size, image_size, 3))
        features = keras.layers.Conv2D(8, 3, strides=8, padding="same", name="conv")(images)
        backbone = keras.Model(images, features)
        backbone.trainable = False
        return backbone

    monkeypatch.setattr("models.vgg19.vgg19_backbone", small_backbone)
    frozen = get_approach("vgg19_linear")
    trained = variant("trained", "vgg19_linear", trains_backbone=True).approach
    session, tier = make_session(tmp_path), get_tier("smoke")
    runs = [make_run(approach, tier=tier) for approach in (frozen, trained)]
    records = [do_run(run, session) for run in runs]
    sizes = [record.model for record in records]
    in_backbone = 3 * 3 * 3 * 8 + 8
    assert sizes[0].parameters == sizes[1].parameters
    assert sizes[0].flops == sizes[1].flops
    assert sizes[0].non_trainable_parameters == in_backbone
    assert sizes[1].non_trainable_parameters == 0
    assert records[1].timings.features == 0
    weights = np.load(session.folder(runs[1]) / WEIGHTS)
    start = small_backbone(32)
    load_backbone_weights(start, find_weights("random"))
    assert not np.allclose(weights["00000"], start.get_weights()[0])


def test_table_says_what_the_records_say(results: RunStore) -> None:
    (result,) = ablation_results(results, [QUESTION])
    chosen, other, *unrun = result.outcomes
    assert chosen.test_accuracy == (0.37, 0.38, 0.39)
    assert chosen.difference is None
    assert not any(outcome.seeds for outcome in unrun)
    correct = [
        np.stack([store.predictions(folder).correct for folder in store.folders()])
        for store in (ablation_store(results), results)
    ]
    assert other.difference == pytest.approx(-0.04)
    assert other.difference_interval == difference_interval(*correct)
    assert other.p_value == pytest.approx(paired_test(*correct))
    # Documented are 50, 36 and 38.7 %; made-up records have 40, 36 and a mean of 34 %.
    assert other.distance == pytest.approx((0.10 + 0 + 0.047) / 3)


def test_p_values_are_corrected_for_the_rows_of_a_table(results: RunStore) -> None:
    third = QUESTION.variants[2]
    for seed in range(3):
        record(ablation_store(results), third, 0.36 + 0.01 * seed, seed)
    (result,) = ablation_results(results, [QUESTION])
    _, other, close, *_ = result.outcomes
    stores = [list(ablation_store(results).runs()), list(results.runs())]
    alone = []
    for tried in (OTHER, third):
        ours = [folder for folder, r in stores[0] if r.approach == tried.approach.name]
        theirs = [folder for folder, _ in stores[1]]
        hits = [
            np.stack([hit.credit for hit in results.hits(folders)]) for folders in (ours, theirs)
        ]
        alone.append(paired_test(*hits))
    # Of two, the smaller counts twice; the larger once, but never less than that.
    small, large = min(alone), max(alone)
    expected = {small: min(1, 2 * small), large: min(1, max(2 * small, large))}
    found = [other.p_value, close.p_value]
    assert found == pytest.approx([expected[p] for p in alone])


def test_one_seed_has_a_difference_but_no_interval(results: RunStore) -> None:
    third = QUESTION.variants[2]
    record(ablation_store(results), third, 0.36)
    (result,) = ablation_results(results, [QUESTION])
    single = result.outcomes[2]
    assert single.difference == pytest.approx(-0.02)
    assert single.interval is single.difference_interval is single.p_value is None
    # It does not count among the tests that are corrected.
    assert result.outcomes[1].p_value is not None
    assert "-2.00 |" in ablation_markdown(results)


def test_distance_to_the_documented_numbers_needs_all_images(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    fifth = get_tier("short")
    for tried in (CHOSEN, OTHER):
        record(ablation_store(store), tried, 0.3, tier=fifth.name)
    (result,) = ablation_results(store, [dataclasses.replace(QUESTION, tier=fifth)])
    assert [outcome.distance for outcome in result.outcomes if outcome.seeds] == [None, None]


def test_curve_is_the_mean_of_the_seeds_epoch_by_epoch(results: RunStore) -> None:
    question = dataclasses.replace(QUESTION, curves=("basic_cnn",))
    (state,) = learning_curves(results, question)
    histories = [record.history for _, record in results.runs()]
    assert state.seeds == (0, 1, 2)
    assert state.accuracy == pytest.approx(
        np.mean([[epoch.validation_accuracy for epoch in h] for h in histories], axis=0)
    )


def test_epochs_are_drawn_as_the_table_says(
    results: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = dataclasses.replace(QUESTION, curves=("basic_cnn",))
    monkeypatch.setattr("bench.ablations.page.ABLATIONS", (question,))
    (section,) = ablation_section(results).sections
    (chart,) = (figure for figure in section.figures if figure.name == "cnn-optimizer-epochs")
    (table,) = (table for table in section.tables if table.columns == ("epoch", "validation, %"))
    canvas = Canvas()
    chart.draw(canvas)
    learned, documented = canvas.axes[0].lines
    shown = [f"{value:.2f}" for value in np.asarray(learned.get_ydata())]
    assert shown == [accuracy for _, accuracy in table.texts]
    assert learned.get_label() == "basic_cnn, 3 seeds"
    # The report gives 0.36 for the basic CNN (section 2b).
    assert set(documented.get_ydata()) == {36.0}
    # On a page the table is folded away under its chart; in Markdown there is no chart.
    assert table.summary
    (listed,) = ablation_section(results, drawn=False).sections
    assert not listed.figures
    assert not any(table.summary for table in listed.tables)


@pytest.mark.parametrize(
    "fields",
    [{"dataset": "shapes100"}, {"tier": "short"}, {"backend": "jax"}],
    ids=["synthetic images", "another tier", "another backend"],
)
def test_runs_that_do_not_compare_are_left_out(tmp_path: Path, fields: dict[str, str]) -> None:
    store = RunStore(tmp_path)
    record(store, CHOSEN, 0.4)
    record(ablation_store(store), OTHER, 0.3, **fields)
    assert ablation_results(store, [QUESTION]) == []


def test_changed_recipe_takes_no_old_record(results: RunStore) -> None:
    changed = dataclasses.replace(
        OTHER,
        approach=dataclasses.replace(
            OTHER.approach,
            recipe=dataclasses.replace(OTHER.approach.recipe, optimizer=Optimizer("sgd")),
        ),
    )
    question = dataclasses.replace(QUESTION, variants=(CHOSEN, changed))
    assert ablation_results(results, [question]) == []


def test_page_shows_intervals_and_what_was_not_run(results: RunStore) -> None:
    write_ablations(results)
    page = (ablation_store(results).root / PAGE).read_text()
    assert page == ablation_markdown(results)
    assert "Adam 0.001, batch 32 (registered)" in page
    assert "Concluded before the protocol: Adam 0.001 with batches of 32" in page
    assert "38.00 ± 2.48 |" in page
    assert "not run" in page


def test_verify_finds_an_edited_page_and_a_polished_record(results: RunStore) -> None:
    write_ablations(results)
    page = ablation_store(results).root / PAGE
    assert page not in {p.file for p in verify(results)}
    page.write_text(page.read_text().replace("38.00", "39.00"))
    assert page in {p.file for p in verify(results)}
    folder = ablation_store(results).folders()[0]
    (folder / "predictions.npz").write_bytes(b"")
    assert any(p.file.parent == folder for p in verify(results))
