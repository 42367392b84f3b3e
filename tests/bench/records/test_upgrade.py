"""Records of every older schema stay readable."""

from __future__ import annotations

import json

import pytest

from bench.records.parsing import parse_record
from tests.support.factories import make_record

LATER = ("protocol", "finished", "attempts", "readings", "allow_dirty")


def of_schema(version: int, **fields) -> bytes:
    plain = json.loads(make_record().model_dump_json())
    for name in LATER:
        del plain[name]
    del plain["environment"]["threads"]
    return json.dumps({**plain, "schema_version": version, **fields}).encode()


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_record_says_nothing_of_what_was_not_kept(version):
    record = parse_record(of_schema(version))
    assert record.schema_version == 3
    assert (record.protocol, record.finished, record.attempts) == (None, None, 1)
    assert (record.readings, record.allow_dirty, record.environment.threads) == ({}, False, None)
    assert record.model.parameters == 184_004


def test_a_forest_has_no_parameters_instead_of_zero():
    zeros = dict.fromkeys(("parameters", "trainable_parameters", "non_trainable_parameters"), 0)
    record = parse_record(of_schema(2, model={**zeros, "flops": None}))
    assert set(record.model.model_dump().values()) == {None}
    network = parse_record(of_schema(2, model={**zeros, "flops": 5}))
    assert network.model.parameters == 0


def test_an_old_trunk_is_a_backbone():
    recipe = {"trunk": {"dtype": "float32"}, "features": "trunk"}
    record = parse_record(of_schema(1, approach="trunk+45-000-pictures", recipe=recipe))
    assert record.recipe == {"backbone": {"dtype": "float32"}, "features": "backbone"}
    assert record.approach == "backbone+45-000-images"


@pytest.mark.parametrize("version", [0, 4, -1, 10**30, None, "2", [2], {}, 2.5])
def test_an_unknown_version_is_refused_in_one_line(version):
    with pytest.raises(ValueError, match="schema_version") as raised:
        parse_record(of_schema(version))
    assert "\n" not in str(raised.value)
