"""Whatever a file holds, verify lists it and goes on."""

from __future__ import annotations

import io
import json
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.records.ledger import LEDGER
from bench.records.store import PREDICTIONS, RECORD, RunStore
from bench.verification import verify as verification
from bench.verification.verify import Witnesses, verify
from tests.support.sound import APPROACHES, PLAIN, folder_of, images, sound_run


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("damage") / "results")
    sound_run(store, PLAIN, 0, "smoke")
    sound_run(store, PLAIN, 1, "smoke")
    return store


def problems(store):
    found = verify(store, APPROACHES, Witnesses(images=(images(),), heads=("0" * 64,)))
    assert all("\n" not in str(problem) for problem in found)
    return found


@pytest.fixture
def store(results, tmp_path):
    return RunStore(shutil.copytree(results.root, tmp_path / "results"))


BYTES = {
    "empty": b"",
    "not text": b"\xff\xfe\x00\x80",
    "deep": b"[" * 100_000,
    "deep object": b'{"recipe":' * 20_000,
    "huge number": b'{"seed": ' + b"9" * 10_000 + b"}",
    "not a number": b"NaN",
    "utf-16": '{"schema_version": 3}'.encode("utf-16"),
    "nul": b"\0" * 100,
}


@pytest.mark.parametrize("name", [RECORD, PREDICTIONS, LEDGER])
@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
@pytest.mark.promise(
    "a record, predictions or the ledger hold poisoned bytes",
    "`verify` lists the file and goes on",
)
def test_poisoned_bytes(store, name, content):
    folder = folder_of(store, tier="smoke")
    path = store.root / name if name == LEDGER else folder / name
    path.write_bytes(content)
    assert any(problem.file == path for problem in problems(store))


@pytest.mark.parametrize("name", [RECORD, PREDICTIONS])
@pytest.mark.promise("a folder lies where a record or predictions should be", "`verify` lists it")
def test_a_folder_where_a_file_should_be(store, name):
    path = folder_of(store, tier="smoke") / name
    path.unlink()
    path.mkdir()
    assert any(problem.file == path for problem in problems(store))


@pytest.mark.promise("a record is a loop of links", "`verify` lists it")
def test_a_loop_of_links(store):
    path = folder_of(store, tier="smoke") / RECORD
    path.unlink()
    path.symlink_to(path)
    assert any(problem.file.parent == path.parent for problem in problems(store))


@pytest.mark.promise("a record may not be read", "`verify` lists it")
def test_a_file_without_permission(store, monkeypatch):
    path = folder_of(store, tier="smoke") / RECORD
    really = type(path).read_bytes

    def denied(self):
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return really(self)

    monkeypatch.setattr(type(path), "read_bytes", denied)
    assert any("Permission denied" in problem.found for problem in problems(store))


@pytest.mark.parametrize("name", ["check_record", "check_scores"])
@pytest.mark.promise("a check of `verify` breaks", "listed; the others are made")
def test_a_check_that_breaks_is_listed_and_hides_no_other(store, monkeypatch, name):
    def broken(*_):
        raise ZeroDivisionError("of a value that no run writes")

    monkeypatch.setattr(verification, name, broken)
    found = [problem for problem in problems(store) if "no run writes" in problem.found]
    assert len(found) == 2


@pytest.mark.promise("a record is larger than any", "`verify` lists it unread")
def test_a_record_larger_than_any(store):
    path = folder_of(store, tier="smoke") / RECORD
    with path.open("wb") as file:
        file.truncate(60 << 30)
    assert any("too large" in problem.found for problem in problems(store))


def places(value, before=()):
    """The path of every value in a JSON tree."""
    yield before
    if isinstance(value, (dict, list)):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(one, (*before, name))


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**30, -(10**400), 2**63, 0.1, 1e308, float("nan"), float("inf")]),
    st.sampled_from(["", "x", "\u202e", "a\nb", "9" * 500, "../..", "2026-01-01"]),
    st.sampled_from([[], {}, [[]], {"a": 1}, [1, "b"]]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.promise("a record holds any value anywhere", "`verify` goes on")
def test_a_record_with_any_value_anywhere(results, data):
    path = folder_of(results, tier="smoke") / RECORD
    sound = path.read_bytes()
    content = json.loads(sound)
    paths = [place for place in places(content) if place and place[0] != "per_class_accuracy"]
    *parents, name = data.draw(st.sampled_from(paths))
    inside = content
    for parent in parents:
        inside = inside[parent]
    inside[name] = data.draw(VALUES)
    try:
        path.write_text(json.dumps(content))
        assert any(problem.file == path for problem in problems(results))
    finally:
        path.write_bytes(sound)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_predictions_with_any_array(results, data):
    path = folder_of(results, tier="smoke") / PREDICTIONS
    sound = path.read_bytes()
    with np.load(io.BytesIO(sound)) as arrays:
        content = {name: arrays[name] for name in arrays}
    name = data.draw(st.sampled_from(sorted(content)))
    kind = data.draw(st.sampled_from(["u1", "i8", "f2", "f8", "?", "c8", "U3", "M8[s]"]))
    shape = data.draw(st.sampled_from([(), (0,), (3,), (100,), (100, 0), (100, 5), (100, 101)]))
    with np.errstate(all="ignore"):
        changed = np.full(shape, data.draw(st.sampled_from([0, 1, 200])), "i8").astype(kind)
    content[name] = changed
    try:
        np.savez(path, **content)
        assert any(problem.file == path for problem in problems(results))
    finally:
        path.write_bytes(sound)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(where=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), cut=st.booleans())
def test_a_ledger_that_was_cut_or_changed(results, where, byte, cut):
    path = results.root / LEDGER
    sound = path.read_bytes()
    position = int(where * len(sound))
    damaged = sound[:position] if cut else sound[:position] + bytes([byte]) + sound[position + 1 :]
    try:
        path.write_bytes(damaged)
        listed = [p for p in problems(results) if p.what not in ("published head", "file")]
        # The last line's end alone says nothing.
        assert listed or damaged in (sound, sound[:-1]) or position == len(sound) - 1
    finally:
        path.write_bytes(sound)
