"""The protocol: one digest over all that is decided before the runs, and nothing else."""

from __future__ import annotations

import dataclasses
import tomllib
from typing import Any

import pytest

from bench.approaches.claims import (
    Claim,
    ClaimSet,
    Decision,
    Documented,
    NotCheckable,
    Number,
    Order,
    Reading,
    Term,
)
from bench.approaches.protocol import protocol_digest, protocol_of, to_toml, written_digest
from bench.errors import BenchError
from tests.support.factories import APPROACHES

NUMBER = Claim("number", "1", "words", Number("plain", Documented("test_accuracy", 0.4, 0.01, "1")))
ORDER = Claim("order", "1", 'its "words"', Order(Term("plain"), Term("forest")))
TASTE = Claim("taste", "1", "words", NotCheckable("Because."))
SET = ClaimSet("set", "Set", "nowhere", (NUMBER, ORDER, TASTE), ("plain",), (Term("plain"),))
SEEDS = {approach.name: 3 for approach in APPROACHES}
TOLERANCES = {"accuracy": 0.05}


def protocol(claims: ClaimSet = SET, **changes: Any) -> dict[str, Any]:
    given = {"seeds": SEEDS, "tolerances": TOLERANCES, "version": 1} | changes
    return protocol_of((claims,), given.pop("approaches", APPROACHES), **given)


def changed(claim: Claim, **fields: Any) -> ClaimSet:
    new = dataclasses.replace(claim, **fields)
    claims = tuple(new if old.name == claim.name else old for old in SET.claims)
    return dataclasses.replace(SET, claims=claims)


def with_first(**fields: Any) -> tuple[Any, ...]:
    return (dataclasses.replace(APPROACHES[0], **fields), *APPROACHES[1:])


OTHER_RECIPE = dataclasses.replace(APPROACHES[0].recipe, batch_size=64)


@pytest.mark.parametrize(
    "other",
    [
        protocol(version=2),
        protocol(seeds=SEEDS | {"plain": 8}),
        protocol(tolerances={"accuracy": 0.1}),
        protocol(approaches=with_first(recipe=OTHER_RECIPE)),
        protocol(approaches=with_first(decisions=(Decision("By the number.", "fitted"),))),
        protocol(changed(NUMBER, tolerance=0.1)),
        protocol(changed(NUMBER, informative=False)),
        protocol(changed(NUMBER, reading=Reading("best"))),
        protocol(changed(NUMBER, reading=Reading(fitting=False))),
        protocol(
            changed(NUMBER, says=Number("plain", Documented("test_accuracy", 0.5, 0.01, "1")))
        ),
        protocol(changed(ORDER, says=Order(Term("forest"), Term("plain")))),
        protocol(dataclasses.replace(SET, claims=SET.claims[:-1])),
        protocol(dataclasses.replace(SET, joint=())),
    ],
)
def test_whatever_is_decided_changes_the_digest(other):
    assert protocol_digest(other) != protocol_digest(protocol())


@pytest.mark.parametrize(
    "other",
    [
        protocol(changed(NUMBER, words="other words", checked="otherwise", explanation="Luck.")),
        protocol(changed(TASTE, says=NotCheckable("For another reason."))),
        protocol(dataclasses.replace(SET, title="Other", citation="elsewhere")),
        protocol(approaches=with_first(title="Other")),
        protocol(approaches=with_first(decisions=(Decision("By its words.", "report"),))),
    ],
)
def test_words_alone_do_not(other):
    assert protocol_digest(other) == protocol_digest(protocol())


def test_the_document_reads_back_as_the_protocol(tmp_path):
    path = tmp_path / "protocol.toml"
    path.write_text(to_toml(protocol()), encoding="utf-8")
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert document.pop("digest") == protocol_digest(protocol())
    assert document == protocol()
    assert written_digest(path) == protocol_digest(protocol())


def test_an_edited_document_is_refused(tmp_path):
    path = tmp_path / "protocol.toml"
    path.write_text(to_toml(protocol()).replace("accuracy = 0.05", "accuracy = 0.5"))
    with pytest.raises(BenchError, match="was edited"):
        written_digest(path)
    path.write_text("digest")
    with pytest.raises(BenchError, match="is no protocol"):
        written_digest(path)


def test_where_there_is_no_document_there_is_no_digest(tmp_path):
    assert written_digest(tmp_path / "protocol.toml") is None
