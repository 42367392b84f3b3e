"""Records into a tracker: what is there already in the same version is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.records.record import RunRecord
from bench.records.store import RECORD, RunStore
from bench.trackers.cards import card_of_record, epoch_metrics, final_scores, version_of
from bench.trackers.protocol import RunLog, Tracker


@dataclass(frozen=True)
class Imported:
    """How many records an import found, and how many of them the tracker did not have."""

    records: int
    new: int


def import_records(store: RunStore, tracker: Tracker) -> Imported:
    """Log every record that the tracker does not have in this version.

    Raises:
        BenchError: a record is damaged.
    """
    logged = tracker.logged()
    records = new = 0
    for folder, record in store.runs():
        records += 1
        if logged.get(record.key) != version_of(record):
            log_record(tracker, record, folder / RECORD)
            new += 1
    return Imported(records, new)


def log_record(tracker: Tracker, record: RunRecord, path: Path) -> None:
    """Log a whole run from its record, in the place of what the tracker has of it."""
    card = card_of_record(record)
    log = tracker.start(card)
    log.parameters(card.parameters)
    for epoch, result in enumerate(record.history, 1):
        log.metrics(epoch, epoch_metrics(result))
    close_with(log, record, path)


def close_with(log: RunLog, record: RunRecord, path: Path) -> None:
    """Give a run whose epochs are logged its record and its final scores."""
    log.artefact(path)
    log.finish(final_scores(record), version_of(record))


def path_of(store: RunStore, record: RunRecord) -> Path:
    """Where a record is kept."""
    folder = store.folder(
        dataset=record.dataset.name,
        tier=record.tier.name,
        approach=record.approach,
        seed=record.seed,
        key=record.key,
    )
    return folder / RECORD
