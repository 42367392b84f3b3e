"""The table of `docs/reliability.md`: every promise, and what became of it when it was tested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from tests.reliability.promises import CHECKOUT, Promise

PAGE = CHECKOUT / "docs" / "reliability.md"
BEGIN, END = "<!-- table: python -m tests.reliability -->", "<!-- end of the table -->"
HELD, BROKEN, SKIPPED, UNTESTED = "held", "broken", "skipped", "not run"
Outcomes = Mapping[tuple[str, str], list[str]]


def outcomes_in(reports: Iterable[Path]) -> dict[tuple[str, str], list[str]]:
    """What each test's cases came to, by the class and name that JUnit reports give it."""
    found: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):
            name = case.attrib["name"].partition("[")[0]
            children = {child.tag for child in case}
            outcome = BROKEN if children & {"failure", "error"} else HELD
            outcome = SKIPPED if "skipped" in children else outcome
            found.setdefault((case.attrib["classname"], name), []).append(outcome)
    return found


def outcome_of(promise: Promise, outcomes: Outcomes) -> str:
    """One word, and how many cases it is about."""
    cases = outcomes.get(promise.reported_as, [])
    ran = [case for case in cases if case != SKIPPED]
    if not ran:
        return SKIPPED if cases else UNTESTED
    word = BROKEN if BROKEN in ran else HELD
    return word if len(ran) == 1 else f"{word}, {len(ran)} cases"


def table(promises: Iterable[Promise], outcomes: Outcomes) -> str:
    """The promises as a Markdown table, led by how many were held."""
    rows = [(one, outcome_of(one, outcomes)) for one in promises]
    held = sum(outcome.startswith(HELD) for _, outcome in rows)
    lines = [
        f"{len(rows)} faults; {held} promises held when this table was written.",
        "",
        "| what happens | what then holds | outcome | test |",
        "|---|---|---|---|",
    ]
    for one, outcome in rows:
        name = one.test.rpartition("::")[2]
        link = f"[{name.removeprefix('test_')}](../{one.file})"
        lines.append(f"| {cell(one.fault)} | {cell(one.promise)} | {outcome} | {link} |")
    return "\n".join(lines)


def rows_in(page: str) -> list[tuple[str, str, str]]:
    """Fault, promise and outcome of each row of a page's table."""
    cells = re.findall(r"^\| (.*?) \| (.*?) \| (\w.*?) \| \[", _between(page), re.MULTILINE)
    return [(fault, promise, outcome) for fault, promise, outcome in cells]


def with_table(page: str, rendered: str) -> str:
    """The page with another table in the place of the one that is there."""
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}\n{rendered}\n{END}{after}"


def _between(page: str) -> str:
    return page.split(BEGIN)[1].split(END)[0]


def cell(text: str) -> str:
    """A text within a cell of a table."""
    return text.replace("|", "\\|")
