"""The page lists the promises of the tests, no more and no fewer, and none of them is broken."""

from pathlib import Path

from tests.reliability.page import PAGE, cell, outcome_of, outcomes_in, rows_in, table, with_table
from tests.reliability.promises import Promise, all_promises

ONE = Promise("a fault", "it is said", "tests/bench/test_a.py", "TestA::test_b")
OTHER = Promise("a | b", "it goes on", "tests/test_c.py", "test_d")
REPORT = """<testsuites><testsuite>
<testcase classname="tests.bench.test_a.TestA" name="test_b[1]"/>
<testcase classname="tests.bench.test_a.TestA" name="test_b[2]"/>
<testcase classname="tests.test_c" name="test_d"><failure/></testcase>
<testcase classname="tests.test_c" name="test_e"><skipped/></testcase>
</testsuite></testsuites>"""


def test_outcomes_are_those_of_the_report(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(REPORT)
    outcomes = outcomes_in([tmp_path / "a.xml"])
    skipped = Promise("", "", "tests/test_c.py", "test_e")
    absent = Promise("", "", "tests/test_c.py", "test_f")
    said = [outcome_of(one, outcomes) for one in (ONE, OTHER, skipped, absent)]
    assert said == ["held, 2 cases", "broken", "skipped", "not run"]


def test_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(REPORT)
    rendered = table([ONE, OTHER], outcomes_in([tmp_path / "a.xml"]))
    assert rendered.startswith("2 faults; 1 promises held")
    page = with_table(PAGE.read_text(encoding="utf-8"), rendered)
    assert rows_in(page) == [
        ("a fault", "it is said", "held, 2 cases"),
        ("a \\| b", "it goes on", "broken"),
    ]


def test_page_lists_every_promise_and_each_was_held() -> None:
    rows = rows_in(PAGE.read_text(encoding="utf-8"))
    promises = all_promises()
    assert [row[:2] for row in rows] == [(cell(one.fault), cell(one.promise)) for one in promises]
    assert len(promises) >= 80
    assert [row for row in rows if not row[2].startswith("held")] == []
