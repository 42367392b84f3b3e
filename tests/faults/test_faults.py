"""The planted faults stay alive while the code around them changes."""

import ast
from pathlib import Path

import pytest

from tests.faults.faults import all_faults, shard

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
