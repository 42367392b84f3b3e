"""Every forgery is caught, twice over.

A careless forger leaves the ledger as it was: it names the file. A careful one writes ledger and
leaderboard again: what the forgery itself gives away is named, where it gives anything away. And
whoever has noted the ledger's head sees every one of them.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.verification.verify import Witnesses, verify
from tests.support.sound import (
    APPROACHES,
    cover_up,
    edit,
    folder_of,
    images,
    predictions_of,
    published_head,
    put,
    rekey,
    sound_store,
)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    return sound_store(tmp_path_factory.mktemp("sound") / "results")


@pytest.fixture
def store(untouched, tmp_path):
    return RunStore(shutil.copytree(untouched.root, tmp_path / "results"))


def found(store, *heads):
    witnesses = Witnesses(images=(images(),), heads=heads)
    return {
        (problem.file.name, problem.what.split("[")[0])
        for problem in verify(store, APPROACHES, witnesses)
    }


def test_the_sound_results_have_no_problem(untouched):
    assert found(untouched, published_head(untouched)) == set()


def taken(predictions, rows):
    arrays = {name: array for name, array in vars(predictions).items() if array is not None}
    return replace(predictions, **{name: array[rows] for name, array in arrays.items()})


def labels_overwritten(store):
    folder = folder_of(store)
    predictions = store.predictions(folder)
    best = np.zeros_like(predictions.label_first_place)
    overwritten = replace(
        predictions,
        label=predictions.top_class[:, 0],
        label_log_probability=predictions.top_log_probability[:, 0],
        label_first_place=best,
        label_last_place=best,
    )
    put(folder, overwritten)


def images_dropped(store):
    folder = folder_of(store)
    predictions = store.predictions(folder)
    kept = np.flatnonzero(predictions.correct | (predictions.index % 2 == 0))
    put(folder, taken(predictions, kept))
    edit(folder, lambda content: content["dataset"].update(test_images=len(kept)))


def images_doubled(store):
    folder = folder_of(store)
    predictions = store.predictions(folder)
    right = np.flatnonzero(predictions.correct)
    chosen = np.concatenate([right, right, np.flatnonzero(~predictions.correct)])[:10_000]
    put(folder, taken(predictions, chosen))


def answers_edited(store):
    folder = folder_of(store)
    predictions = store.predictions(folder)
    top = predictions.top_class.copy()
    wrong = np.flatnonzero(~(top == predictions.label[:, None]).any(axis=1))[:300]
    top[wrong, 0] = predictions.label[wrong]
    put(folder, replace(predictions, top_class=top))


def invented(accuracy, store):
    """Predictions that no network made, flawless in themselves."""
    put(folder_of(store), predictions_of(accuracy, "full", 99))


def seeds_swapped(store):
    one, other = folder_of(store, seed=0), folder_of(store, seed=1)
    first, second = store.predictions(one), store.predictions(other)
    put(one, second)
    put(other, first)


def from_another_approach(store):
    put(folder_of(store), store.predictions(folder_of(store, "stopped")))


def history_edited(store):
    def better(content):
        content["history"][2].update(validation_accuracy=0.47)

    edit(folder_of(store), better)


def history_smoothed(store):
    edit(folder_of(store), lambda content: content["history"][0].update(accuracy=0.31))


def history_padded(store):
    edit(folder_of(store), lambda content: content["history"].append(content["history"][2]))


def history_padded_in_time(store):
    """Padding an early-stopped run, times and all: its best epoch says where it had to end."""

    def longer(content):
        content["history"].append(content["history"][4])
        seconds = [epoch["seconds"] for epoch in content["history"]]
        rate = content["dataset"]["train_images"] / float(np.median(seconds))
        content["timings"].update(training=sum(seconds), training_images_per_second=rate)

    edit(folder_of(store, "stopped"), longer)


def train_score_changed(store):
    edit(folder_of(store), lambda content: content["train"].update(accuracy=0.61))


def train_score_changed_to_no_count(store):
    edit(folder_of(store), lambda content: content["train"].update(accuracy=0.123456789))


def validation_score_changed(store):
    edit(folder_of(store), lambda content: content["validation"].update(accuracy=0.44))


def recipe_changed(store):
    edit(folder_of(store), lambda content: content["recipe"].update(batch_size=128))


def copied_to_another_seed(store):
    folder = folder_of(store, seed=2)
    copy = shutil.copytree(folder, folder.with_name("seed3-copy"))
    edit(copy, lambda content: content.update(seed=3))
    rekey(store, copy)


COUNTS = {"parameters": 184_005, "trainable_parameters": 183_845}


def parameters_changed(store):
    for folder, _ in store.runs():
        edit(
            folder,
            lambda content: content["model"].update(
                parameters=184_005, trainable_parameters=183_845
            ),
        )


def parameters_of_one_changed(store):
    edit(folder_of(store), lambda content: content["model"].update(flops=1))


def content_digest_changed(store):
    for folder, _ in store.runs():
        edit(folder, lambda content: content["dataset"].update(content_digest="d" * 64))


def fingerprint_changed(store):
    edit(folder_of(store), lambda content: content["dataset"].update(fingerprint="e" * 64))


def sizes_changed(store):
    edit(folder_of(store), lambda content: content["dataset"].update(train_images=50_000))


def device_changed(store):
    edit(folder_of(store), lambda content: content["environment"].update(device="H100"))


def epoch_times_changed(store):
    edit(folder_of(store), lambda content: content["history"][1].update(seconds=0.1))


def total_time_changed(store):
    edit(folder_of(store), lambda content: content["timings"].update(total=3.0))


def worst_seed_deleted(store):
    shutil.rmtree(folder_of(store, seed=0))


def last_seed_deleted(store):
    shutil.rmtree(folder_of(store, seed=2))


def short_called_full(store):
    folder = folder_of(store, tier="short")
    edit(folder, lambda content: content["tier"].update(name="full"))
    rekey(store, folder)


def short_called_full_with_its_parameters(store):
    folder, full = folder_of(store, tier="short"), store.read(folder_of(store)).tier.model_dump()
    shutil.rmtree(folder_of(store))
    edit(folder, lambda content: content.update(tier=full))
    rekey(store, folder)


def protocol_changed(store):
    edit(folder_of(store), lambda content: content.update(protocol="a" * 64))


def commit_changed(store):
    edit(folder_of(store), lambda content: content["environment"].update(commit="beef"))


FORGERIES = {
    # What a careful forger's results still say, or None where only head or rerun can tell.
    labels_overwritten: (PREDICTIONS, "label"),
    images_dropped: (PREDICTIONS, "index"),
    images_doubled: (PREDICTIONS, "index"),
    answers_edited: (PREDICTIONS, "predictions"),
    partial(invented, 0.98): (RECORD, "test.accuracy"),
    partial(invented, 0.41): None,
    seeds_swapped: None,
    from_another_approach: (RECORD, "predictions"),
    history_edited: (RECORD, "validation.accuracy"),
    history_smoothed: None,
    history_padded: (RECORD, "history"),
    history_padded_in_time: (RECORD, "history"),
    train_score_changed: None,
    train_score_changed_to_no_count: (RECORD, "train.accuracy"),
    validation_score_changed: (RECORD, "validation.accuracy"),
    recipe_changed: (RECORD, "key"),
    copied_to_another_seed: (RECORD, "predictions"),
    parameters_changed: (RECORD, "model.parameters"),
    parameters_of_one_changed: (RECORD, "model"),
    content_digest_changed: (PREDICTIONS, "content digest"),
    fingerprint_changed: (RECORD, "key"),
    sizes_changed: (RECORD, "dataset.train_images"),
    device_changed: None,
    epoch_times_changed: (RECORD, "timings.training"),
    total_time_changed: (RECORD, "timings.total"),
    worst_seed_deleted: ("plain", "seeds"),
    last_seed_deleted: None,
    short_called_full: (RECORD, "tier full"),
    short_called_full_with_its_parameters: (RECORD, "dataset.test_images"),
    protocol_changed: None,
    commit_changed: None,
}
NAMES = [getattr(forge, "__name__", str(getattr(forge, "args", ""))) for forge in FORGERIES]


@pytest.mark.parametrize("forge", FORGERIES, ids=NAMES)
def test_a_forgery_is_named(store, forge):
    head = published_head(store)
    forge(store)
    careless = found(store)
    cover_up(store)
    careful = found(store, head)
    assert (RECORD, "record") in careless
    assert ("ledger.jsonl", "published head") in careful
    expected = FORGERIES[forge]
    assert (expected in careful) if expected else (len(careful) == 1), careful


def test_a_record_of_another_protocol_is_named(store):
    protocol_changed(store)
    cover_up(store)
    witnesses = Witnesses(protocols=frozenset({"b" * 64, "d" * 64}))
    problems = verify(store, APPROACHES, witnesses)
    assert [(problem.file.name, problem.what) for problem in problems] == [(RECORD, "protocol")]


def test_labels_are_held_against_the_other_runs_where_there_are_no_images(store):
    labels_overwritten(store)
    cover_up(store)
    whats = {problem.what for problem in verify(store, APPROACHES)}
    assert "test images and their labels" in whats


def test_what_the_ledger_gives_a_reason_for_is_no_gap(store):
    store.set_aside(folder_of(store, seed=0), "withdrawn", "it ran on a broken card")
    cover = {problem.what for problem in verify(store, APPROACHES)}
    assert "seeds" not in cover


def test_a_run_that_was_set_aside_and_put_back_is_named(store):
    folder = folder_of(store, seed=0)
    aside = store.set_aside(folder, "withdrawn", "it ran on a broken card")
    shutil.copytree(aside, folder)
    shutil.rmtree(aside)
    assert (RECORD, "place in the ledger") in found(store)
