"""One disagreement between what is stored and what follows from something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Of a value in a message: a forged file may hold a page of text.
_LONGEST = 200


@dataclass(frozen=True)
class Problem:
    """One disagreement.

    Attributes:
        file: where it was found.
        what: which part of the file.
        expected: what should be there.
        found: what is there.
    """

    file: Path
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True)
class Finding:
    """A disagreement within a file that the caller knows."""

    what: str
    expected: object
    found: object

    def at(self, file: Path) -> Problem:
        """The problem that this is in a file, on one line."""
        return Problem(file, self.what, _short(self.expected), _short(self.found))


def at(file: Path, findings: Iterable[Finding]) -> list[Problem]:
    """All of them as problems of one file."""
    return [finding.at(file) for finding in findings]


def unequal(what: str, expected: object, found: object) -> Iterator[Finding]:
    """A finding where two values differ."""
    if expected != found:
        yield Finding(what, expected, found)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
