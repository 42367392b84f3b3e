"""What became of each fault when it was last planted: `outcomes.csv`, written by the runner."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.faults import Fault
from tests.faults.planting import Planted

OUTCOMES = Path(__file__).parent / "outcomes.csv"
_COLUMNS = ("id", "file", "fault", "outcome", "noticed by")


@dataclass(frozen=True)
class Row:
    """One fault's last outcome.

    Attributes:
        id: see `id_of`.
        file: relative to the checkout.
        fault: in words.
        outcome: as `Planted` has it.
        noticed_by: the first test that failed; empty where none did.
    """

    id: str
    file: str
    fault: str
    outcome: str
    noticed_by: str


def id_of(fault: Fault) -> str:
    """Eight hexadecimal digits of what is planted: a fault that is rewritten is another one."""
    text = "\0".join((fault.file, fault.old, fault.new))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read(path: Path = OUTCOMES) -> dict[str, Row]:
    """Rows by their fault's id; none where the file is missing."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Row(*row) for row in csv.reader(file)][1:]
    return {row.id: row for row in rows}


def write(planted: Iterable[Planted], faults: Iterable[Fault], path: Path = OUTCOMES) -> None:
    """Bring the file up to date: rows of these faults anew, none of faults that are no more."""
    found = read(path)
    for one in planted:
        identity = id_of(one.fault)
        found[identity] = Row(identity, one.fault.file, one.fault.what, one.outcome, one.noticed_by)
    kept = [found[id_of(fault)] for fault in faults if id_of(fault) in found]
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(_COLUMNS)
        lines.writerows((r.id, r.file, r.fault, r.outcome, r.noticed_by) for r in kept)


def summary(rows: Iterable[Row], faults: Iterable[Fault]) -> str:
    """How many faults were noticed, in one sentence."""
    known = {row.id: row for row in rows}
    every = list(faults)
    met = [known[id_of(fault)] for fault in every if id_of(fault) in known]
    noticed = sum(row.outcome == "noticed" for row in met)
    share = f" ({100 * noticed / len(met):.1f} %)" if met else ""
    return f"{len(met)} of {len(every)} faults were planted; {noticed} were noticed{share}."
