"""The errors that a user can act on, and what a program's exit codes mean.

Exit codes of every command: 0 all went well, 1 findings (`bench verify` found something wrong),
2 bad input or usage, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

FINDINGS = 1
BAD_INPUT = 2
INTERRUPTED = 130


class BenchError(Exception):
    """Bad input to the harness: its text is one line that names the input and the fix.

    Names and the texts of other libraries end up in it, and whoever made them chose them: line
    breaks become spaces; terminal sequences and marks that turn the reading direction are shown as
    escapes.
    """

    def __init__(self, message: str) -> None:
        line = " ".join(message.split())
        super().__init__(
            "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
        )


class RunError(BenchError):
    """A run ended by its own fault; its text is the reason. The other runs of a plan go on."""


def unknown(kind: str, name: str, known: Iterable[str]) -> BenchError:
    """The error for a name that does not exist, with the nearest one that does."""
    names = tuple(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return BenchError(f"unknown {kind} {name!r}; {hint}known: {', '.join(names)}")
