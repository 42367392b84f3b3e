"""Mutants are what they say, and the page says what became of them."""

from pathlib import Path

import pytest

from tests.mutation import outcomes
from tests.mutation.modules import all_modules
from tests.mutation.mutants import mutants_of, sample
from tests.mutation.outcomes import Reason, Row

CHECKOUT = Path(__file__).parents[2]
SOURCE = """\
def clipped(value: int | None, most: int = 3) -> int:
    if value is None or value > most:
        return most
    return value + 0
"""
ROWS = [
    Row("a", "bench/x.py", "NumberReplacer", "a = 1", "a = 2", "noticed", 40),
    Row("b", "bench/x.py", "NumberReplacer", "a | b", "a & b", "survived", 40),
    Row("c", "bench/x.py", "NumberReplacer", "c = 1", "c = 2", "survived", 40),
    Row("d", "bench/x.py", "NumberReplacer", "d = 1", "d = 2", "survived", 40),
]


def test_every_module_and_its_tests_are_there() -> None:
    modules = all_modules()
    assert len({module.file for module in modules}) == len(modules) > 40
    for module in modules:
        assert (CHECKOUT / module.file).is_file()
        assert len(module.tests) > 1
        assert all((CHECKOUT / test.partition("::")[0]).is_file() for test in module.tests), (
            module.tests
        )


def test_each_place_is_changed_once_and_annotations_never(tmp_path: Path) -> None:
    pytest.importorskip("cosmic_ray")
    (tmp_path / "one.py").write_text(SOURCE)
    found = mutants_of("one.py", ("tests/one.py",), tmp_path)
    assert found == mutants_of("one.py", ("tests/one.py",), tmp_path)
    assert {mutant.line for mutant in found} == {1, 2, 4}
    operators = [mutant.operator.partition("_")[0] for mutant in found]
    assert operators.count("ReplaceBinaryOperator") == 1
    assert operators.count("NumberReplacer") == 2
    for mutant in found:
        changed = [
            (was, now)
            for was, now in zip(SOURCE.splitlines(), mutant.code.splitlines(), strict=True)
            if was != now
        ]
        assert [(was.strip(), now.strip()) for was, now in changed] == [
            (mutant.before, mutant.after)
        ]
        assert mutant.planted_in(SOURCE) == mutant.code
    assert len({mutant.id for mutant in found}) == len(found)


def test_sample_is_a_part_and_the_same_each_time(tmp_path: Path) -> None:
    pytest.importorskip("cosmic_ray")
    (tmp_path / "one.py").write_text(SOURCE)
    found = mutants_of("one.py", ("tests/one.py",), tmp_path)
    assert sample(found, None) == sample(found, 99) == found
    drawn = sample(found, 3)
    assert drawn == sample(found, 3)
    assert len(drawn) == 3
    assert set(drawn) < set(found)


def test_score_leaves_out_only_what_nothing_could_notice() -> None:
    known = {"b": Reason("b", "a set", True), "c": Reason("c", "a guard", False)}
    assert outcomes.score(ROWS, known) == (1, 3)
    said = outcomes.section(ROWS, known)
    assert said.startswith("1 of 3 mutants that are not equivalent were noticed (33.3 %).")
    assert "| bench/x.py | 40 | 4 | 1 | 1 of 3 |" in said
    assert "| bench/x.py | `a \\| b` | `a & b` | equivalent: a set |" in said
    assert "| bench/x.py | `d = 1` | `d = 2` | not yet said |" in said
    assert "Not planted yet: datasets/splits.py, bench/inputs/splits.py, " in said


def test_outcomes_are_kept_until_their_mutant_is_no_more(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    first, second = all_modules()[0].file, all_modules()[1].file
    rows = [
        Row("b", second, "AddNot", "if a:", "if not a:", "survived", 2),
        Row("a", first, "AddNot", 'if "a,b":', "", "noticed", 7),
    ]
    outcomes.write(rows, path=path)
    assert outcomes.read(path) == rows[::-1]
    later = Row("b", second, "AddNot", "if a:", "if not a:", "noticed", 2)
    outcomes.write([later], gone=["a"], path=path)
    assert outcomes.read(path) == [later]


def test_page_says_what_became_of_them_and_every_survivor_has_a_reason() -> None:
    page = outcomes.PAGE.read_text(encoding="utf-8")
    rows, known = outcomes.read(), outcomes.reasons()
    assert outcomes.section(rows, known) in page
    assert {row.id for row in rows if row.lives} == set(known)
    noticed, planted = outcomes.score(rows, known)
    assert noticed >= 0.9 * planted
