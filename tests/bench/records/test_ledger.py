"""A chain that shows every change made to it."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.records.ledger import GENESIS, Draft, Ledger, breaks, head, standings


def draft(number: int, **fields) -> Draft:
    plain = {"outcome": "recorded", "place": f"runs/{number}", "key": f"{number}", "started": "now"}
    return Draft(**{**plain, "record": f"r{number}", **fields})


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(4):
        ledger.append([draft(number)])
    return ledger


def test_a_ledger_that_is_not_there_is_empty(tmp_path):
    ledger = Ledger(tmp_path / "none.jsonl")
    assert ledger.entries() == ()
    assert head(ledger.entries()) == GENESIS == "0" * 64


def test_each_entry_is_sealed_by_its_content_and_the_one_before(ledger):
    previous = "0" * 64
    for number, line in enumerate(ledger.path.read_text().splitlines()):
        fields = json.loads(line)
        stated = fields.pop("hash")
        assert (fields["number"], fields["previous"]) == (number, previous)
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert stated == previous
    assert head(ledger.entries()) == previous


def test_appending_keeps_every_earlier_byte(ledger):
    before = ledger.path.read_bytes()
    ledger.append([draft(4), draft(5, outcome="failed", record=None, reason="a\nb\u2028c")])
    assert ledger.path.read_bytes().startswith(before)
    assert [entry.number for entry in ledger.entries()] == [0, 1, 2, 3, 4, 5]
    assert ledger.entries()[-1].reason == "a\nb\u2028c"
    assert breaks(ledger.entries()) == []


FORGERIES = {
    "a field changed": lambda lines: [lines[0].replace("r0", "r9"), *lines[1:]],
    "the first taken out": lambda lines: lines[1:],
    "one taken out": lambda lines: [lines[0], *lines[2:]],
    "two swapped": lambda lines: [lines[0], lines[2], lines[1], lines[3]],
    "one twice": lambda lines: [*lines, lines[3]],
}


@pytest.mark.parametrize("name", FORGERIES)
@pytest.mark.promise("an entry of the ledger is changed, moved or taken out", "the break is found")
def test_a_break_in_the_chain_is_found(ledger, name):
    lines = ledger.path.read_text().splitlines()
    ledger.path.write_text("".join(f"{line}\n" for line in FORGERIES[name](lines)))
    _, broken = ledger.read()
    assert broken


@given(st.integers(0, 3), st.sampled_from(sorted(Draft.model_fields)), st.text(max_size=8))
def test_any_changed_field_breaks_the_chain(tmp_path_factory, number, name, value):
    ledger = Ledger(tmp_path_factory.mktemp("chain") / "ledger.jsonl")
    ledger.append([draft(one) for one in range(4)])
    entries = list(ledger.entries())
    changed = entries[number].model_copy(update={name: value})
    if changed != entries[number]:
        entries[number] = changed
        assert [broken.line for broken in breaks(entries)] == [number + 1]


@pytest.mark.parametrize("line", ["", "{", "[]", "[" * 9000, '{"number": 1e400}', "x" * 70_000])
@pytest.mark.promise("a line of the ledger is no entry", "one line that names it")
def test_a_line_that_is_no_entry_is_named(ledger, line):
    ledger.path.write_text(ledger.path.read_text() + line + "\n")
    with pytest.raises(BenchError, match="line 5: no ledger entry") as raised:
        ledger.entries()
    assert "\n" not in str(raised.value)
    with pytest.raises(BenchError, match="last line is damaged"):
        ledger.append([draft(4)])


def test_the_latest_word_on_a_record_stands(ledger):
    ledger.append([draft(1, outcome="withdrawn", reason="wrong images")])
    ledger.append([draft(2, outcome="migrated", record="r2b", replaces="r2")])
    ledger.append([draft(3, outcome="failed", record=None)])
    known = standings(ledger.entries())
    assert {record: entry.outcome for record, entry in known.items()} == {
        "r0": "recorded",
        "r1": "withdrawn",
        "r2b": "migrated",
        "r3": "recorded",
    }
