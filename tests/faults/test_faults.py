"""The planted faults stay alive while the code around them changes."""

import ast
import dataclasses
from pathlib import Path

import pytest

from tests.faults import outcomes
from tests.faults.faults import all_faults, shard
from tests.faults.planting import Planted

CHECKOUT = Path(__file__).parents[2]
FAULTS = all_faults()


@pytest.mark.parametrize("file", sorted({fault.file for fault in FAULTS}))
def test_every_fault_can_be_planted_and_is_still_python(file: str) -> None:
    text = (CHECKOUT / file).read_text(encoding="utf-8")
    for fault in FAULTS:
        if fault.file == file:
            planted = fault.planted_in(text)
            assert planted != text
            if file.endswith(".py"):
                ast.parse(planted)


def test_every_fault_names_tests_that_are_there() -> None:
    for fault in FAULTS:
        assert fault.tests, fault
        for test in fault.tests:
            path, _, name = test.partition("::")
            assert (CHECKOUT / path).is_file(), test
            if name:
                text = (CHECKOUT / path).read_text(encoding="utf-8")
                assert f"def {name.partition('[')[0]}(" in text, test


def test_there_are_enough_and_none_twice() -> None:
    assert len(FAULTS) >= 120
    assert len({(fault.file, fault.old, fault.new) for fault in FAULTS}) == len(FAULTS)


def test_shards_are_all_faults_once() -> None:
    parts = [shard(FAULTS, number, 4) for number in (1, 2, 3, 4)]
    assert sorted(f.what for part in parts for f in part) == sorted(f.what for f in FAULTS)
    with pytest.raises(ValueError, match="shard 5/4"):
        shard(FAULTS, 5, 4)


def test_outcomes_are_kept_by_what_was_planted(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    said = "FAILED tests/a.py::test_b[some id] - assert 1 == 2\n1 failed in 0.1s"
    seen = Planted(FAULTS[0], "noticed", 1.0, said)
    unseen = Planted(FAULTS[1], "survived", 1.0, "1 passed")
    outcomes.write([unseen, seen], FAULTS, path)
    first, second = outcomes.read(path).values()
    assert (first.fault, first.noticed_by) == (FAULTS[0].what, "tests/a.py::test_b")
    assert (second.outcome, second.noticed_by) == ("survived", "")
    assert outcomes.summary([first, second], FAULTS) == (
        f"2 of {len(FAULTS)} faults were planted; 1 were noticed (50.0 %)."
    )
    rewritten = dataclasses.replace(FAULTS[1], new="pass")
    outcomes.write([], [FAULTS[0], rewritten], path)
    assert list(outcomes.read(path)) == [outcomes.id_of(FAULTS[0])]


def test_kept_outcomes_are_of_faults_that_are_there_and_the_documentation_says_them() -> None:
    rows = outcomes.read()
    assert set(rows) <= {outcomes.id_of(fault) for fault in FAULTS}
    text = (CHECKOUT / "docs/testing.md").read_text(encoding="utf-8")
    assert outcomes.summary(rows.values(), FAULTS) in text
