"""The ledger against itself, against the folder, and against a head that was published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.errors import BenchError
from bench.records.ledger import SET_ASIDE, Entry, Ledger, standings
from bench.records.store import ASIDE, RECORD, RUNS, RunStore
from bench.verification.evidence import Trace
from bench.verification.problem import Finding, Problem, unequal


def read_ledger(ledger: Ledger) -> tuple[list[Entry], list[Problem]]:
    """The readable entries, and where the file or its chain is damaged."""
    try:
        entries, broken = ledger.read()
    except BenchError as error:
        return [], [Finding("ledger", "a readable one", error).at(ledger.path)]
    found = [
        Finding(f"line {one.line}", "an unbroken chain", one.what).at(ledger.path) for one in broken
    ]
    return entries, found


def check_ledger(store: RunStore, entries: Sequence[Entry], runs: Sequence[Trace]) -> list[Problem]:
    """Where ledger and folder disagree.

    Args:
        store: whose folder it is.
        entries: of its ledger.
        runs: every run that can be read, those set aside too.
    """
    known = standings(entries)
    present = {run.record_sha256 for run in runs}
    problems = []
    for run in runs:
        entry = known.get(run.record_sha256)
        if entry is None:
            finding = Finding("record", "an entry in the ledger", "none with these bytes")
            problems.append(finding.at(run.path))
        else:
            problems += [finding.at(run.path) for finding in _check_entry(store, run, entry)]
    for digest, entry in known.items():
        if digest not in present:
            path = store.root / entry.place / RECORD
            found = "another record" if path.exists() else "nothing"
            wanted = f"the {entry.outcome} record with SHA-256 {digest[:12]}"
            problems.append(Finding("record", wanted, found).at(path))
    return problems


def check_heads(
    ledgers: Sequence[Sequence[Entry]], heads: Sequence[str], store: RunStore
) -> list[Problem]:
    """Published heads that no chain holds: whoever wrote it all again could not keep them.

    Args:
        ledgers: entries of every ledger.
        heads: hashes, or the first twelve digits or more of them.
        store: the one at the top, for where the problem lies.
    """
    hashes = [entry.hash for entries in ledgers for entry in entries]
    return [
        Finding("published head", head, "no entry with this hash").at(store.ledger.path)
        for head in heads
        if len(head) < 12 or not any(one.startswith(head) for one in hashes)
    ]


def _check_entry(store: RunStore, run: Trace, entry: Entry) -> Iterator[Finding]:
    record = run.record
    yield from unequal("place in the ledger", entry.place, _place(store, run))
    yield from unequal("ledger: key", entry.key, record.key)
    yield from unequal("ledger: predictions", entry.predictions, run.predictions_sha256)
    yield from unequal("ledger: started", entry.started, record.started)
    yield from unequal("ledger: commit", entry.commit, record.environment.commit)
    yield from unequal("ledger: protocol", entry.protocol, record.protocol)
    counts = run.folder.is_relative_to(store.root / RUNS)
    if counts == (entry.outcome in SET_ASIDE):
        yield Finding("folder", f"that of a {entry.outcome} run", f"in {RUNS if counts else ASIDE}")


def _place(store: RunStore, run: Trace) -> str:
    return run.folder.relative_to(store.root).as_posix()
