"""The order in which a record and its ledger entry are written, and what is done after a crash.

A finished run is kept in four steps, under the ledger's lock: its entry as a draft in the run's own
folder, the record, the entry in the ledger, the draft's end. A crash after the first step leaves a
draft without its record (the run has not finished: the draft is dropped), after the second a record
whose draft is still there (the entry is appended), after the third an entry that is there already
(the draft is dropped). A run is set aside by its entry first and its move after it, so that a crash
between the two leaves an entry that says where the files still have to go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bench.records.ledger import SET_ASIDE, Draft, Ledger, Outcome, standings
from bench.records.record import RunRecord
from bench.system.files import atomic_writer, sha256_of, write_text_atomically

PENDING = "ledger-entry.json"
# Beside the ledger while steps are under way: only where it was left must a crash be looked for.
UNFINISHED = "ledger.unfinished"


def record_text(record: RunRecord) -> str:
    """The content of record.json."""
    return record.model_dump_json(indent=1) + "\n"


def draft_of(
    record: RunRecord, outcome: Outcome, place: Path, digest: str, reason: str = ""
) -> Draft:
    """What the ledger says of a record.

    Args:
        record: of a finished run.
        outcome: what became of it.
        place: its folder, relative to the ledger's.
        digest: SHA-256 of its record.json.
        reason: why.
    """
    return Draft(
        outcome=outcome,
        place=place.as_posix(),
        key=record.key,
        record=digest,
        predictions=record.predictions_sha256,
        started=record.started,
        commit=record.environment.commit,
        protocol=record.protocol,
        reason=reason,
    )


@dataclass(frozen=True)
class Keeping:
    """Writes under `root`; the caller holds the ledger's lock.

    Attributes:
        root: of the store.
        ledger: of the store.
        record: name of a record's file.
        predictions: name of the file beside it.
    """

    root: Path
    ledger: Ledger
    record: str
    predictions: str

    @property
    def was_interrupted(self) -> bool:
        """Whether a crash may have left steps undone."""
        return (self.root / UNFINISHED).exists()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Have a crash within the block be noticed by whoever writes next.

        Raises:
            BenchError: the folder cannot be written to.
        """
        mark = self.root / UNFINISHED
        write_text_atomically(mark, "")
        yield
        mark.unlink()

    def keep(self, folder: Path, record: RunRecord, *, replaces: str | None = None) -> None:
        """Write a record, whose predictions lie there already, and its entry.

        Args:
            folder: of the run.
            record: what is written.
            replaces: listed hash of a damaged record that this one takes the place of.

        Raises:
            BenchError: the folder cannot be written to, or the ledger is damaged.
        """
        text = record_text(record)
        digest = hashlib.sha256(text.encode()).hexdigest()
        reason = "the record that lay here was damaged" if replaces else ""
        draft = draft_of(record, "recorded", folder.relative_to(self.root), digest, reason)
        draft = draft.model_copy(update={"replaces": replaces})
        write_text_atomically(folder / PENDING, draft.model_dump_json())
        write_text_atomically(folder / self.record, text)
        self.ledger.append([draft])
        (folder / PENDING).unlink()

    def repair(self) -> None:
        """Finish every step that a crash left out.

        Raises:
            BenchError: the folder cannot be written to, or the ledger is damaged.
        """
        known = standings(self.ledger.entries())
        for folder, draft in self._pending():
            written = folder / self.record
            if draft and written.exists() and sha256_of(written) == draft.record:
                self.ledger.append([draft] if draft.record not in known else [])
            (folder / PENDING).unlink()
        for entry in known.values():
            if entry.outcome in SET_ASIDE and entry.origin:
                source = self.root / entry.origin
                left = source / self.record
                if left.exists() and sha256_of(left) == entry.record:
                    self.move(source, self.root / entry.place)
        (self.root / UNFINISHED).unlink(missing_ok=True)

    def move(self, source: Path, target: Path) -> None:
        """Move a record and its predictions; going on with a move that was interrupted is alike.

        Weights and checkpoints stay: they belong to the run, not to one record of it.

        Raises:
            BenchError: a file cannot be written.
        """
        # Copied first, record last on the way in and first on the way out: at no time does a
        # record lie without its predictions.
        further = sorted(path.name for path in source.glob("predictions-*.npz"))
        for name in (*further, self.predictions, self.record):
            if (source / name).exists():
                with atomic_writer(target / name) as file:
                    file.write((source / name).read_bytes())
        for name in (self.record, self.predictions, *further):
            (source / name).unlink(missing_ok=True)
        if source.is_dir() and not any(source.iterdir()):
            source.rmdir()

    def _pending(self) -> Iterator[tuple[Path, Draft | None]]:
        for path in sorted(self.root.glob(f"runs/*/*/*/*/{PENDING}")):
            try:
                yield path.parent, Draft.model_validate_json(path.read_bytes())
            except ValidationError:
                yield path.parent, None
