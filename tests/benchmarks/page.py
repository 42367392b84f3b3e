"""`results/benchmarks.md`: what pytest-benchmark measured, as ratios within one run.

A benchmark that measures a peer says so by `benchmark.extra_info["peer"] = "its name and version"`;
the others of its group are ours and are held against the fastest peer. One whose rounds go over a
number of images says so by `benchmark.extra_info["images"]`. What seconds do not say (a share of
a limit, how a cost grows) a benchmark gives as `extra_info["rows"]`, a list of mappings from column
to text: they become a second table of its group.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.pages.markdown import to_markdown
from bench.pages.sections import Section, Table
from bench.system.files import write_text_atomically

PAGE = "benchmarks.md"
NONE = "—"
_LEAD = (
    "Written by tox -e benchmark, which measures ours and its peers side by side in one process on "
    "one machine. Machines differ and are shared, so the ratio counts and the seconds do not: "
    "'times the peer' is the fastest peer's median over ours. The spread is from the first to the "
    "third quartile over the rounds."
)


@dataclass(frozen=True)
class Measurement:
    """One benchmark.

    Attributes:
        group: what is compared.
        name: of the test, in words.
        peer: name and version of the peer that it measures; empty for ours.
        median: seconds a round.
        spread: first and third quartile, in seconds.
        rounds: how many.
        images: images a round; 0 where that means nothing.
        details: rows of the group's second table, each from its columns to their text.
    """

    group: str
    name: str
    peer: str
    median: float
    spread: tuple[float, float]
    rounds: int
    images: int = 0
    details: tuple[dict[str, str], ...] = ()


def read_measurements(path: Path) -> tuple[str, list[Measurement]]:
    """Where it was measured, in a line, and everything that was, from pytest-benchmark's JSON.

    Raises:
        BenchError: the file is missing, or no such JSON.
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        found = [_measurement(entry) for entry in report["benchmarks"]]
        return _place(report), sorted(found, key=lambda m: (m.group, m.median))
    except OSError as error:
        raise BenchError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BenchError(
            f"{path} is no file of pytest-benchmark ({error!r}); make one with --benchmark-json"
        ) from error


def merge(
    sources: Sequence[tuple[str, list[Measurement]]],
) -> tuple[tuple[str, ...], list[Measurement]]:
    """Several runs as one: a group is taken whole from the last run that measured it."""
    groups: dict[str, tuple[str, list[Measurement]]] = {}
    for place, measurements in sources:
        for group in dict.fromkeys(m.group for m in measurements):
            groups[group] = place, [m for m in measurements if m.group == group]
    places = tuple(dict.fromkeys(place for place, _ in groups.values()))
    return places, [m for group in sorted(groups) for m in groups[group][1]]


def to_section(places: Sequence[str], measurements: Sequence[Measurement]) -> Section:
    """The page's content, a table a group."""
    groups = dict.fromkeys(m.group for m in measurements)
    return Section(
        anchor="benchmarks",
        title="Benchmarks",
        text=(_LEAD, *places),
        sections=tuple(
            _group(number, group, [m for m in measurements if m.group == group])
            for number, group in enumerate(groups)
        ),
    )


def write_benchmarks(sources: Sequence[Path], root: Path) -> Path:
    """Write `benchmarks.md` into the results folder `root`, atomically; returns its path.

    Args:
        sources: files of pytest-benchmark, see `merge`.
        root: folder of the results.

    Raises:
        BenchError: a source is no file of pytest-benchmark, or nothing can be written.
    """
    path = root / PAGE
    section = to_section(*merge([read_measurements(source) for source in sources]))
    write_text_atomically(path, to_markdown(section))
    return path


def _measurement(entry: dict[str, Any]) -> Measurement:
    stats = entry["stats"]
    return Measurement(
        group=entry["group"] or "others",
        name=entry["name"].removeprefix("test_").replace("_", " "),
        peer=entry["extra_info"].get("peer", ""),
        median=stats["median"],
        spread=(stats["q1"], stats["q3"]),
        rounds=stats["rounds"],
        images=entry["extra_info"].get("images", 0),
        details=tuple(entry["extra_info"].get("rows", ())),
    )


def _place(report: dict[str, Any]) -> str:
    machine, commit = report["machine_info"], report["commit_info"]
    cpu = machine["cpu"]
    changed = " with uncommitted changes" if commit.get("dirty") else ""
    return (
        f"{cpu.get('brand_raw', machine['machine'])}, {cpu.get('count', '?')} cores, Python "
        f"{machine['python_version']}, commit {(commit.get('id') or 'unknown')[:8]}{changed}, "
        f"{report['datetime'][:10]}."
    )


def _group(number: int, group: str, measurements: Sequence[Measurement]) -> Section:
    peers = [m.median for m in measurements if m.peer]
    return Section(
        anchor=f"group-{number}",
        title=group.capitalize(),
        tables=(
            Table(
                caption=f"{len(measurements)} benchmarks, the fastest first.",
                columns=(
                    "benchmark",
                    "peer",
                    "median",
                    "spread",
                    "rounds",
                    "images/s",
                    "times the peer",
                ),
                rows=tuple(
                    (
                        m.name,
                        m.peer or NONE,
                        _seconds(m.median),
                        f"{_seconds(m.spread[0])} to {_seconds(m.spread[1])}",
                        str(m.rounds),
                        f"{m.images / m.median:,.0f}" if m.images else NONE,
                        f"{min(peers) / m.median:.2f} ×" if peers and not m.peer else NONE,
                    )
                    for m in measurements
                ),
                numeric=("median", "spread", "rounds", "images/s", "times the peer"),
            ),
            *_details([row for m in measurements for row in m.details]),
        ),
    )


def _details(rows: Sequence[dict[str, str]]) -> tuple[Table, ...]:
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    cells = tuple(tuple(row.get(column, NONE) for column in columns) for row in rows)
    return (Table("Measured in the same rounds.", columns, cells),) if rows else ()


def _seconds(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


if __name__ == "__main__":
    import sys

    print(f"wrote {write_benchmarks([Path(name) for name in sys.argv[1:]], Path('results'))}")
