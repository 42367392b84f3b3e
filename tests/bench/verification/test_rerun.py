"""Whoever invents a history can't know which of its runs will be trained again."""

from __future__ import annotations

import dataclasses
import math

import pytest

from bench.errors import BenchError
from bench.records.store import RunStore
from bench.verification.evidence import read_evidence, trace
from bench.verification.rerun import choose, run_again, same_machine
from tests.support.sound import PLAIN, folder_of, sound_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("results"))
    for seed in range(6):
        sound_run(store, PLAIN, seed, "short")
    folders = [folder_of(store, seed=seed, tier="short") for seed in range(6)]
    return [trace(read_evidence(store, folder)[0]) for folder in folders]


@pytest.fixture
def here(runs):
    return runs[0].record.environment


def truth(record, epochs):
    return record.history[:epochs]


def off(**changes):
    """A rerun that gives something else in its last epoch."""

    def replay(record, epochs):
        *before, last = record.history[:epochs]
        new = {name: getattr(last, name) * factor for name, factor in changes.items()}
        return [*before, last.model_copy(update=new)]

    return replay


def test_the_draw_depends_on_its_seed_and_not_on_the_order(runs):
    drawn = choose(runs, 3, seed=1)
    assert len({run.folder for run in drawn}) == 3
    assert choose(runs[::-1], 3, seed=1) == drawn
    assert len({tuple(run.folder for run in choose(runs, 3, seed)) for seed in range(20)}) > 10
    assert len(choose(runs, 99, seed=1)) == 6


def test_forests_have_nothing_to_rerun(runs):
    record = runs[0].record.model_copy(update={"history": ()})
    assert choose([dataclasses.replace(runs[0], record=record)], 1, seed=0) == []


def test_a_true_history_agrees_to_the_bit(runs, here):
    found = run_again(runs, truth, here, epochs=2)
    assert (len(found.exact), found.close, found.problems) == (6, (), ())


@pytest.mark.parametrize("name", ["loss", "accuracy", "validation_loss", "validation_accuracy"])
def test_on_the_same_machine_the_last_bit_counts(runs, here, name):
    found = run_again(runs[:1], off(**{name: 1 + 2**-52}), here, epochs=2)
    assert [problem.what for problem in found.problems] == [f"rerun: history[2].{name}"]


def test_a_loss_that_is_not_a_number_is_equal_to_itself(runs, here):
    epoch = runs[0].record.history[0].model_copy(update={"loss": math.nan})
    record = runs[0].record.model_copy(update={"history": (epoch,)})
    run = dataclasses.replace(runs[0], record=record)
    assert run_again([run], truth, here).problems == ()
    assert len(run_again([run], off(loss=0.0, accuracy=0.0), here).problems) == 1


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"accuracy": 1.05, "loss": 0.97}, 0),
        ({"loss": 0.9}, 1),
        ({"accuracy": 0.5}, 1),
        # Of the validation after an epoch nothing is promised across machines.
        ({"validation_accuracy": 0.5, "validation_loss": 3.0}, 0),
    ],
)
def test_another_machine_may_be_a_little_off(runs, here, changes, problems):
    elsewhere = here.model_copy(update={"processor": "another"})
    found = run_again(runs[:1], off(**changes), elsewhere)
    assert (len(found.close), len(found.problems)) == (1, problems)


@pytest.mark.parametrize("name", ["processor", "device", "backend", "threads", "versions"])
def test_machines_are_alike_only_in_everything(here, name):
    value = {"threads": 2, "versions": {"keras": "3.0"}}.get(name, "another")
    assert same_machine(here, here)
    assert not same_machine(here, here.model_copy(update={name: value}))


def test_unknown_threads_are_no_ones_equal(here):
    unknown = here.model_copy(update={"threads": None})
    assert not same_machine(unknown, unknown)


def test_a_history_that_is_shorter_than_asked_is_rerun_whole(runs, here):
    assert run_again(runs[:1], truth, here, epochs=50).problems == ()
    short = run_again(runs[:1], lambda record, epochs: record.history[:1], here, epochs=3)
    assert [problem.what for problem in short.problems] == ["rerun: epochs"]


def test_a_run_that_cannot_be_trained_here_is_a_problem_and_stops_no_other(runs, here):
    def replay(record, epochs):
        if record.seed == 0:
            raise BenchError("no weights")
        return truth(record, epochs)

    (problem,) = run_again(runs, replay, here).problems
    assert problem.found == "no weights"
