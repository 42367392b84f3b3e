"""Every fault that is planted in a sound store is found, named, and does not hide the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.leaderboard.files import CSV, JSON, MARKDOWN, write_leaderboard
from bench.records.opening import COMMITTED, OWN, open_store
from bench.records.predictions import Predictions
from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.system.files import sha256_of
from bench.verification.problem import Problem
from bench.verification.verify import verify
from tests.support.sound import APPROACHES, PLAIN, STOPPED, edit, folder_of, sound_run


@pytest.fixture
def store(tmp_path):
    """Two sound runs and their leaderboard."""
    store = RunStore(tmp_path)
    sound_run(store, PLAIN, tier="short")
    sound_run(store, STOPPED, tier="short")
    write_leaderboard(store, APPROACHES)
    return store


@pytest.fixture
def folder(store):
    return folder_of(store, tier="short")


def reseal(folder):
    """Write the predictions' present hash into the record, as a forger would."""
    digest = sha256_of(folder / PREDICTIONS)
    edit(folder, lambda content: content.update(predictions_sha256=digest))


def found(store) -> set[tuple[str, str]]:
    return {(problem.file.name, problem.what) for problem in verify(store, APPROACHES)}


def test_a_sound_store_has_no_problem(store):
    assert verify(store, APPROACHES) == []


def test_pages_of_one_s_own_runs_show_the_committed_ones_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sound_run(RunStore(COMMITTED), PLAIN, tier="short")
    sound_run(RunStore(OWN), STOPPED, tier="short")
    write_leaderboard(open_store(OWN), APPROACHES)
    assert STOPPED.title in (OWN / MARKDOWN).read_text()
    assert PLAIN.title in (OWN / MARKDOWN).read_text()
    assert verify(RunStore(OWN), APPROACHES) == []


def test_empty_results_prove_nothing(tmp_path):
    (problem,) = verify(RunStore(tmp_path), APPROACHES)
    assert str(problem) == f"{tmp_path}: results: expected at least one run, found none"


def test_a_changed_prediction(store, folder):
    predictions = store.predictions(folder)
    top_class = predictions.top_class.copy()
    wrong = int(np.flatnonzero(~predictions.correct)[0])
    right = predictions.label[wrong]
    top_class[wrong] = [right, *(c for c in top_class[wrong] if c != right)][:5]
    places = np.where(np.arange(len(top_class)) == wrong, 0, predictions.label_first_place)
    logarithm = predictions.label_log_probability.copy()
    logarithm[wrong] = predictions.top_log_probability[wrong, 0]
    forged = replace(
        predictions,
        top_class=top_class,
        label_first_place=places.astype(np.uint8),
        label_last_place=places.astype(np.uint8),
        label_log_probability=logarithm,
    )
    forged.save(folder / PREDICTIONS)
    problems = verify(store, APPROACHES)
    whats = {problem.what for problem in problems}
    label = int(predictions.label[wrong])
    assert {"SHA-256", "test.accuracy", f"per_class_accuracy[{label}]"} <= whats
    accuracy = next(problem for problem in problems if problem.what == "test.accuracy")
    assert (accuracy.expected, accuracy.found) == ("0.401", "0.4")
    assert accuracy.file == folder / RECORD


def test_a_changed_prediction_whose_hash_was_changed_too(store, folder):
    predictions = store.predictions(folder)
    rounded = predictions.label_log_probability.copy()
    behind = int(np.flatnonzero(predictions.label_first_place > 5)[0])
    rounded[behind] *= 2
    replace(predictions, label_log_probability=rounded).save(folder / PREDICTIONS)
    reseal(folder)
    assert (RECORD, "test.loss") in found(store)
    assert (PREDICTIONS, "SHA-256") not in found(store)


@pytest.mark.parametrize("name", ["accuracy", "top5_accuracy", "loss"])
def test_a_score_changed_in_its_last_bit(store, folder, name):
    def nudge(content):
        content["test"][name] = float(np.nextafter(content["test"][name], 0))

    edit(folder, nudge)
    assert (RECORD, f"test.{name}") in found(store)


@pytest.mark.parametrize(("change", "seen"), [(3e-17, False), (1e-13, False), (1e-10, True)])
def test_a_calibration_error_of_another_processor(store, folder, change, seen):
    def nudge(content):
        content["test"]["calibration_error"] += change

    edit(folder, nudge)
    assert ((RECORD, "test.calibration_error") in found(store)) is seen


def test_a_changed_class_accuracy(store, folder):
    edit(folder, lambda content: content["per_class_accuracy"].__setitem__(3, 0.123))
    problem = next(p for p in verify(store, APPROACHES) if p.what == "per_class_accuracy[3]")
    assert problem.found == "0.123"


def test_a_class_left_out(store, folder):
    edit(folder, lambda content: content["per_class_accuracy"].pop())
    assert (RECORD, "number of classes") in found(store)


def test_a_score_that_changes_the_leaderboard_too(store, folder):
    edit(folder, lambda content: content["test"].update(accuracy=0.99))
    assert {name for name, _ in found(store)} == {RECORD, MARKDOWN, CSV, JSON}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"key": 1}', '{"schema_version": 2}', "\udcff"]
)
def test_a_damaged_record(store, folder, text):
    (folder / RECORD).write_bytes(text.encode("utf-8", "surrogateescape"))
    problems = verify(store, APPROACHES)
    # As damaged, as not what the ledger lists, and as a run that the leaderboard lacks.
    assert sorted((p.file.name, p.what.split()[0]) for p in problems) == [
        (CSV, "line"),
        (JSON, "line"),
        (MARKDOWN, "line"),
        (RECORD, "record"),
        (RECORD, "record"),
    ]
    assert str(folder) in problems[0].found


def test_a_record_under_another_name(store, folder):
    folder.rename(folder.with_name("seed7-other"))
    assert (RECORD, "folder") in found(store)


def test_missing_predictions(store, folder):
    (folder / PREDICTIONS).unlink()
    assert (PREDICTIONS, "predictions") in found(store)


def test_predictions_of_the_wrong_shape(store, folder):
    predictions = store.predictions(folder)
    replace(predictions, top_class=predictions.top_class[:, 0]).save(folder / PREDICTIONS)
    reseal(folder)
    assert (PREDICTIONS, "predictions") in found(store)


def test_predictions_of_another_length(store, folder):
    predictions = store.predictions(folder)
    shorter = Predictions(
        **{name: array[:-1] for name, array in vars(predictions).items() if array is not None}
    )
    shorter.save(folder / PREDICTIONS)
    reseal(folder)
    assert (RECORD, "test.images") in found(store)


def test_any_flipped_byte_in_the_predictions_is_found(store, folder):
    path = folder / PREDICTIONS
    sound = path.read_bytes()
    random = np.random.default_rng(0)
    for position in random.choice(len(sound), 60, replace=False):
        damaged = bytearray(sound)
        damaged[position] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        assert PREDICTIONS in {name for name, _ in found(store)}, f"byte {position}"


@pytest.mark.parametrize("name", [MARKDOWN, CSV, JSON])
def test_an_edited_leaderboard(store, name):
    path = store.root / name
    text = path.read_text()
    path.write_text(text.replace("45", "99", 1))
    (problem,) = verify(store, APPROACHES)
    assert problem.file == path
    assert problem.what.startswith("line ")
    assert "99" in problem.found
    assert "99" not in problem.expected


@pytest.mark.parametrize("name", [MARKDOWN, CSV, JSON])
@pytest.mark.parametrize("more", ["another line\n", ""])
def test_a_leaderboard_that_goes_on_or_breaks_off(store, name, more):
    path = store.root / name
    text = path.read_text()
    path.write_text(text + more if more else text[:-20])
    assert {file for file, _ in found(store)} == {name}


@pytest.mark.parametrize("name", [MARKDOWN, CSV, JSON])
def test_a_missing_leaderboard(store, name):
    (store.root / name).unlink()
    assert found(store) == {(name, "file")}


def test_a_leaderboard_older_than_the_records(store):
    sound_run(store, PLAIN, seed=1, tier="short")
    assert {file for file, _ in found(store)} == {MARKDOWN, CSV, JSON}


def test_a_problem_reads_as_one_line(tmp_path):
    problem = Problem(tmp_path / "a.json", "test.loss", "1.0", "2.0")
    assert str(problem) == f"{tmp_path / 'a.json'}: test.loss: expected 1.0, found 2.0"
