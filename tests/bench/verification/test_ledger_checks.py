"""The ledger and the folder hold each other."""

from __future__ import annotations

import json

import pytest

from bench.leaderboard.files import JSON, MARKDOWN, write_leaderboard
from bench.records.ledger import LEDGER, seal
from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.verification.verify import Witnesses, examine, verify
from tests.support.sound import APPROACHES, PLAIN, folder_of, published_head, sound_run


@pytest.fixture
def store(tmp_path):
    store = RunStore(tmp_path)
    for seed in range(3):
        sound_run(store, PLAIN, seed, "short")
    store.set_aside(folder_of(store, seed=2, tier="short"), "withdrawn", "a broken card")
    write_leaderboard(store, APPROACHES)
    return store


def found(store, *heads):
    problems = verify(store, APPROACHES, Witnesses(heads=heads))
    return {(problem.file.name, problem.what) for problem in problems}


def lines_of(store):
    return store.ledger.path.read_text().splitlines()


def put_lines(store, lines):
    store.ledger.path.write_text("".join(f"{line}\n" for line in lines))


def test_every_head_that_the_chain_went_through_holds(store):
    heads = [json.loads(line)["hash"] for line in lines_of(store)]
    assert found(store, *heads, heads[0][:12]) == set()
    assert examine(store, APPROACHES).heads == {store.ledger.path: heads[-1]}


@pytest.mark.parametrize("head", ["0" * 64, "", "f" * 12])
def test_a_head_that_it_never_had_is_named(store, head):
    assert found(store, head) == {(LEDGER, "published head")}


def test_a_prefix_too_short_to_mean_anything_is_refused(store):
    assert found(store, published_head(store)[:11]) == {(LEDGER, "published head")}


def test_a_ledger_that_was_cut_misses_its_last_word(store):
    head = published_head(store)
    put_lines(store, lines_of(store)[:-1])
    named = found(store, head)
    assert (LEDGER, "published head") in named
    # The last entry withdrew a run, which now counts by the ledger and lies elsewhere.
    assert (RECORD, "place in the ledger") in named


@pytest.mark.parametrize("name", ["commit", "started", "protocol", "key", "predictions"])
def test_an_entry_that_was_changed_and_sealed_again_disagrees_with_its_record(store, name):
    entries = list(store.ledger.entries())
    changed = entries[-1].model_copy(update={name: "x"})
    changed = changed.model_copy(update={"hash": seal(changed)})
    put_lines(store, [*lines_of(store)[:-1], changed.model_dump_json()])
    assert found(store) == {(RECORD, f"ledger: {name}")}


def test_a_missing_ledger_lists_no_run(store):
    store.ledger.path.unlink()
    write_leaderboard(store, APPROACHES)
    assert found(store) == {(RECORD, "record")}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{}\n", b"[" * 50_000, b"\n\n"])
def test_a_damaged_ledger_is_a_problem_like_any_other(store, content):
    store.ledger.path.write_bytes(content)
    assert any(file == LEDGER for file, _ in found(store))


def test_a_ledger_that_is_a_folder_is_one_too(store):
    store.ledger.path.unlink()
    store.ledger.path.mkdir()
    assert (LEDGER, "ledger") in found(store)


def test_predictions_exchanged_together_with_their_hash(store):
    folder = folder_of(store, tier="short")
    other = folder_of(store, seed=1, tier="short")
    (folder / PREDICTIONS).write_bytes((other / PREDICTIONS).read_bytes())
    assert (RECORD, "ledger: predictions") in found(store)


def test_a_failed_seed_is_no_gap(tmp_path):
    store = RunStore(tmp_path)
    folder = sound_run(store, PLAIN, 1, "short")
    write_leaderboard(store, APPROACHES)
    assert found(store) == {("plain", "seeds")}
    lost = folder.with_name("seed0-abcdefabcdef")
    store.fail(lost, started="2026-01-01", commit=None, reason="diverged in epoch 2")
    assert found(store) == set()


def test_an_outcome_that_was_changed_and_sealed_again_disagrees_with_the_folder(store):
    entries = list(store.ledger.entries())
    changed = entries[-1].model_copy(update={"outcome": "recorded"})
    changed = changed.model_copy(update={"hash": seal(changed)})
    put_lines(store, [*lines_of(store)[:-1], changed.model_dump_json()])
    # The page names the outcome and the reason too.
    assert {file for file, _ in found(store)} == {RECORD, JSON, MARKDOWN}
    write_leaderboard(store, APPROACHES)
    assert found(store) == {(RECORD, "folder")}
