"""`python -m tests.reliability REPORT.xml...`: write the table of docs/reliability.md.

The reports are JUnit files of `pytest -m promise --junit-xml=REPORT.xml`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.reliability.page import HELD, PAGE, outcome_of, outcomes_in, table, with_table
from tests.reliability.promises import all_promises


def main(reports: list[str]) -> int:
    """0 where every promise was held."""
    promises, outcomes = all_promises(), outcomes_in(map(Path, reports))
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(page, table(promises, outcomes)), encoding="utf-8")
    open_ones = [one for one in promises if not outcome_of(one, outcomes).startswith(HELD)]
    for one in open_ones:
        print(f"{outcome_of(one, outcomes)}: {one.file}::{one.test}")
    print(f"{len(promises) - len(open_ones)} of {len(promises)} promises held")
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
