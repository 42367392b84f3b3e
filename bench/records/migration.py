"""Records of older schemas written again in the present one; predictions stay as they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bench.approaches.run_key import run_key
from bench.errors import BenchError
from bench.records.keeping import draft_of, record_text
from bench.records.ledger import Entry, standings
from bench.records.record import RunRecord
from bench.records.store import ASIDE, RECORD, RUNS, RunStore
from bench.system.files import sha256_of, write_text_atomically

ADOPTED = "recorded before there was a ledger, or on another machine"


@dataclass(frozen=True)
class Migration:
    """One record that was brought up: where it lay and where it lies now."""

    before: Path
    after: Path


def key_of(record: RunRecord) -> str:
    """The key that follows from what a record says of its run."""
    weights = record.weights
    return run_key(
        code_version=record.code_version,
        approach=record.approach,
        recipe=record.recipe,
        dataset=record.dataset.fingerprint,
        tier=record.tier.parameters,
        seed=record.seed,
        backend=record.environment.backend,
        weights=(weights.sha256 or weights.description) if weights else None,
    )


def migrate(store: RunStore) -> list[Migration]:
    """Write every record of a store in the present schema, under the key that it has there.

    A record that is already so is left alone, so an interrupted migration goes on when it is run
    again. The predictions file moves with its record and keeps its bytes. The ledger says which
    bytes took the place of which. What was set aside keeps its folder.

    Raises:
        BenchError: a record is damaged, or two runs would lie in one folder.
    """
    moved = []
    with store.ledger.locked():
        store.repair()
        known = standings(store.ledger.entries())
        for folder in (*store.folders(RUNS), *store.folders(ASIDE)):
            done = _migrate(store, folder, known)
            moved += [done] if done else []
    return moved


def adopt(store: RunStore, reason: str = ADOPTED) -> list[Entry]:
    """List in the ledger every record that it does not know: old ones, and other machines'.

    Two machines that record into copies of one folder have two chains, which cannot be joined
    line by line: keep one ledger, copy the other machine's runs into its folder, and adopt them.

    Raises:
        BenchError: a record or the ledger is damaged.
    """
    with store.ledger.locked():
        store.repair()
        known = standings(store.ledger.entries())
        drafts = []
        for folder in store.folders():
            record, digest = store.read(folder), sha256_of(folder / RECORD)
            if record is not None and digest not in known:
                place = folder.relative_to(store.root)
                drafts.append(draft_of(record, "adopted", place, digest, reason))
        return list(store.ledger.append(drafts))


def _migrate(store: RunStore, folder: Path, known: dict[str, Entry]) -> Migration | None:
    record = store.read(folder)
    if record is None:
        return None
    sound = record.model_copy(update={"key": key_of(record)})
    aside = folder.is_relative_to(store.root / ASIDE)
    target = folder if aside else store.folder_of(sound)
    text, before = record_text(sound), sha256_of(folder / RECORD)
    after = hashlib.sha256(text.encode()).hexdigest()
    if target == folder and before == after:
        return None
    if target != folder and target.exists():
        raise BenchError(f"{folder} would move to {target}, which exists; remove one of the two")
    if before in known:
        entry = known[before]
        draft = draft_of(
            sound,
            entry.outcome if aside else "migrated",
            target.relative_to(store.root),
            after,
            entry.reason if aside else f"brought up to schema {sound.schema_version}",
        )
        place = None if aside else folder.relative_to(store.root).as_posix()
        store.ledger.append([draft.model_copy(update={"replaces": before, "origin": place})])
    write_text_atomically(folder / RECORD, text)
    if target != folder:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.replace(target)
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()
    return Migration(folder, target)
