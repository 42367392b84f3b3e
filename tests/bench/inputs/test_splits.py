"""Which images a run trains on, validates on and is tested on, each with its own label."""

import dataclasses
from pathlib import Path

import numpy as np

from bench.approaches.recipes import Split
from bench.inputs.samples import Labelled
from bench.inputs.splits import Inputs, read_inputs
from tests.support.tiny import NETWORK, TIER, make_run
from tests.support.unlike_splits import TEST_COUNTS, TRAIN_COUNTS, dataset, places

DATA = dataset()


def read(split: Split, folder: Path, train: int | None = 6, test: int | None = 5) -> Inputs:
    recipe = dataclasses.replace(NETWORK.recipe, split=split)
    tier = dataclasses.replace(TIER, train_per_class=train, test_per_class=test)
    run = make_run(dataclasses.replace(NETWORK, recipe=recipe), tier=tier)
    return read_inputs(run, DATA, None, folder)


def images_and_labels(part: Labelled) -> tuple[list[int], list[int]]:
    return places(part.samples.take(np.arange(len(part)))), part.labels.tolist()


def test_every_image_has_its_own_label_and_stands_in_one_split(tmp_path: Path) -> None:
    inputs = read(Split("tail", 1 / 3), tmp_path)
    assert (len(inputs.train), len(inputs.validation), len(inputs.test)) == (16, 8, 20)
    train, labels = images_and_labels(inputs.train)
    validation, of_validation = images_and_labels(inputs.validation)
    test, of_test = images_and_labels(inputs.test)
    assert labels == DATA.train.fine[train].tolist()
    assert of_validation == DATA.train.fine[validation].tolist()
    assert of_test == [DATA.test.fine[place - 100] for place in test]
    assert len({*train, *validation}) == 24
    assert max(train + validation) < 100 <= min(test)
    assert inputs.test_index.tolist() == [place - 100 for place in test]
    assert np.bincount(labels + of_validation).tolist() == [6] * 4
    assert np.bincount(of_test).tolist() == [5] * 4


def test_tail_split_holds_out_the_last_images_as_they_lie(tmp_path: Path) -> None:
    inputs = read(Split("tail", 0.25), tmp_path)
    train, _ = images_and_labels(inputs.train)
    validation, _ = images_and_labels(inputs.validation)
    assert train == sorted(train)
    assert validation == sorted(validation)
    assert max(train) < min(validation)


def test_complete_tier_has_every_image_in_its_order(tmp_path: Path) -> None:
    inputs = read(Split("tail", 0.2), tmp_path, None, None)
    train, _ = images_and_labels(inputs.train)
    validation, _ = images_and_labels(inputs.validation)
    assert train + validation == list(range(sum(TRAIN_COUNTS)))
    assert images_and_labels(inputs.test)[0] == list(range(100, 100 + sum(TEST_COUNTS)))


def test_tier_draws_its_images_instead_of_taking_the_first(tmp_path: Path) -> None:
    test, labels = images_and_labels(read(Split("tail", 0.2), tmp_path).test)
    first = [np.flatnonzero(DATA.test.fine == label)[:5] + 100 for label in range(4)]
    assert sorted(test) != sorted(np.concatenate(first).tolist())
    assert np.bincount(labels).tolist() == [5] * 4
