"""What was ever measured: one line a finished, failed or set-aside run, each sealed by the last.

The ledger is a chain. Every entry holds the hash of the entry before it, so that none can be
changed, taken out or put in between without all that follow; who has noted the hash of one entry
elsewhere (a tag, a README) can prove every entry up to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bench.errors import BenchError
from bench.system.files import write_text_atomically

LEDGER = "ledger.jsonl"
GENESIS = "0" * 64
# A line is under 1 kB; what is longer was not written by us, and is not parsed.
_LONGEST_LINE = 1 << 16

Outcome = Literal["recorded", "adopted", "migrated", "failed", "superseded", "withdrawn"]
SET_ASIDE: tuple[Outcome, ...] = ("superseded", "withdrawn")
# How the reason of a failed attempt begins that was no fault of the run, and was followed by
# another attempt.
INFRASTRUCTURE = "infrastructure: "


class Draft(BaseModel):
    """What an entry says, before it has a place in the chain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome = Field(
        description="`adopted` is a record that is older than the ledger or came from another "
        "machine, `migrated` one that was written again in a newer schema"
    )
    place: str = Field(description="folder of the run, relative to the ledger's")
    key: str = Field(description="of the run, see `bench.approaches.run_key`")
    record: str | None = Field(default=None, description="SHA-256 of record.json; none if failed")
    predictions: str | None = Field(default=None, description="SHA-256 of predictions.npz")
    started: str = Field(description="ISO 8601, UTC")
    commit: str | None = Field(default=None, description="of the code, at the run's start")
    protocol: str | None = Field(default=None, description="digest of the protocol it followed")
    reason: str = Field(default="", description="why it failed, was set aside or adopted")
    origin: str | None = Field(default=None, description="where it lay before it was moved")
    replaces: str | None = Field(default=None, description="`record` of the bytes it replaces")


class Entry(Draft):
    """One line of the ledger."""

    number: int = Field(ge=0, description="position in the chain, from 0")
    written: str = Field(description="ISO 8601, UTC")
    previous: str = Field(description="hash of the entry before; zeros for the first")
    hash: str = Field(description="SHA-256 of all the other fields as canonical JSON")


@dataclass(frozen=True)
class Break:
    """A line at which the chain does not hold.

    Attributes:
        line: 1-based.
        what: in words.
    """

    line: int
    what: str


@dataclass(frozen=True)
class Ledger:
    """The file at `path`; where there is none, nothing was ever recorded."""

    path: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep out whoever else would write here; re-entrant within a thread.

        It keeps processes of one machine (or of one network file system with locks) apart.

        Raises:
            BenchError: the lock's file cannot be made.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path.with_suffix(".lock"), is_singleton=True)
            lock.acquire()
        except OSError as error:
            raise BenchError(
                f"cannot write {self.path}: {error.strerror or error}; "
                "choose a folder that you may write to"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, oldest first; whether the chain holds is for `breaks` to say.

        Raises:
            BenchError: a line is no entry.
        """
        found, broken = parse(self._lines())
        for problem in broken:
            raise BenchError(
                f"{self.path}, line {problem.line}: {problem.what}; restore the file from its "
                "history (it is only ever appended to)"
            )
        return tuple(found)

    def read(self) -> tuple[list[Entry], list[Break]]:
        """The readable entries, and every line at which the file or its chain is damaged.

        Raises:
            BenchError: the file cannot be read at all.
        """
        found, broken = parse(self._lines())
        return found, broken + breaks(found)

    def append(self, drafts: Iterable[Draft]) -> tuple[Entry, ...]:
        """Add entries at the end of the chain, all of them or none.

        Raises:
            BenchError: the last entry is damaged, or the file cannot be written.
        """
        with self.locked():
            lines = self._lines()
            last, broken = parse(lines[-1:])
            if broken or (last and last[0].hash != seal(last[0])):
                raise BenchError(
                    f"{self.path}: the last line is damaged; restore the file from its history"
                )
            before, added = last, list[Entry]()
            for draft in drafts:
                added.append(_sealed(draft, before))
                before = added[-1:]
            if added:
                text = "".join(f"{line}\n" for line in [*lines, *map(_line, added)])
                write_text_atomically(self.path, text)
        return tuple(added)

    def _lines(self) -> list[str]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise BenchError(f"{self.path} cannot be read: {error}") from error
        return text.removesuffix("\n").split("\n") if text else []


def parse(lines: Sequence[str]) -> tuple[list[Entry], list[Break]]:
    """Entries of the lines that hold one, and the others."""
    found, broken = [], []
    for number, line in enumerate(lines, 1):
        try:
            if len(line) > _LONGEST_LINE:
                raise ValueError("longer than any entry")
            found.append(Entry.model_validate_json(line))
        except (ValidationError, ValueError, RecursionError) as error:
            reason = str(error).splitlines()[0]
            broken.append(Break(number, f"no ledger entry ({reason})"))
    return found, broken


def breaks(entries: Sequence[Entry]) -> list[Break]:
    """Where the chain does not hold: an entry changed, taken out, put in or moved."""
    found, previous = [], GENESIS
    for number, entry in enumerate(entries):
        if entry.hash != seal(entry):
            found.append(Break(number + 1, f"entry {entry.number} was changed after it was sealed"))
        if entry.previous != previous or entry.number != number:
            found.append(
                Break(number + 1, f"entry {entry.number} does not follow from the line before it")
            )
        previous = entry.hash
    return found


def seal(entry: Entry) -> str:
    """The hash that an entry must have."""
    return _hash(entry.model_dump(exclude={"hash"}))


def head(entries: Sequence[Entry]) -> str:
    """The hash that stands for the whole chain: publish it where results cannot be edited."""
    return entries[-1].hash if entries else GENESIS


def standings(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The latest entry of each record, by the SHA-256 of its bytes; replaced bytes are left out."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.replaces is not None:
            found.pop(entry.replaces, None)
        if entry.record is not None:
            found[entry.record] = entry
    return found


def _sealed(draft: Draft, before: Sequence[Entry]) -> Entry:
    fields = {
        **draft.model_dump(include=set(Draft.model_fields)),
        "number": before[-1].number + 1 if before else 0,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "previous": head(before),
    }
    return Entry(**fields, hash=_hash(fields))


def _hash(fields: dict[str, Any]) -> str:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _line(entry: Entry) -> str:
    return json.dumps(entry.model_dump(), separators=(",", ":"))
