"""Small faults of the code, as data: what a careless edit could do, and the test that must see it.

`planted/*.toml` holds them by room. A fault is a text that occurs once in its file and what takes
its place, so that it stays valid while the code around it changes, and a quick test says when not.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

PLANTED = Path(__file__).parent / "planted"


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        what: in words.
        file: relative to the checkout.
        old: text that occurs there once.
        new: what takes its place.
        tests: files or test ids of pytest; one of them must fail.
    """

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted_in(self, text: str) -> str:
        """The file's text with the fault in it.

        Raises:
            ValueError: the old text does not occur exactly once.
        """
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.file}: {self.old!r} occurs {count} times; write it again")
        return text.replace(self.old, self.new)


def all_faults(folder: Path = PLANTED) -> tuple[Fault, ...]:
    """Every fault, in a stable order."""
    return tuple(fault for path in sorted(folder.glob("*.toml")) for fault in _read(path))


def shard(faults: tuple[Fault, ...], number: int, of: int) -> tuple[Fault, ...]:
    """The faults of one of several machines, `number` from 1; together they are all.

    Raises:
        ValueError: there is no such shard.
    """
    if not 1 <= number <= of:
        raise ValueError(f"shard {number}/{of}; give 1/{of} to {of}/{of}")
    return faults[number - 1 :: of]


def _read(path: Path) -> list[Fault]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Fault(
            what=fault["what"],
            file=of_file["file"],
            old=fault["old"],
            new=fault["new"],
            tests=tuple(fault.get("tests", of_file.get("tests", ()))),
        )
        for of_file in data["of"]
        for fault in of_file["faults"]
    ]
