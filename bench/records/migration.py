"""Records of older schemas written again in the present one; predictions stay as they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.planning.keys import run_key
from bench.records.record import RunRecord
from bench.records.store import RECORD, RunStore
from bench.system.files import write_text_atomically


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
    again. The predictions file moves with its record and keeps its bytes.

    Raises:
        BenchError: a record is damaged, or two runs would lie in one folder.
    """
    moved = []
    for folder in store.folders():
        record = store.read(folder)
        if record is None:
            continue
        sound = record.model_copy(update={"key": key_of(record)})
        target = store.folder(
            dataset=sound.dataset.name,
            tier=sound.tier.name,
            approach=sound.approach,
            seed=sound.seed,
            key=sound.key,
        )
        stored = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if target == folder and stored == sound.model_dump(mode="json"):
            continue
        if target != folder and target.exists():
            raise BenchError(
                f"{folder} would move to {target}, which exists; remove one of the two"
            )
        write_text_atomically(folder / RECORD, sound.model_dump_json(indent=1) + "\n")
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.replace(target)
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()
        moved.append(Migration(folder, target))
    return moved
