"""Results folders joined into one, their ledgers included.

The chain of the folder that is merged into goes on unchanged. Of every other ledger each standing
record and each failed attempt is appended in its order: a record as `adopted`, with the hash of the
entry that it had there, a failure and a run that was set aside as what they were. Where the folder
that is merged into is empty, it begins as a copy of the first one's chain. Merging again what is
merged already adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.records.keeping import PENDING
from bench.records.ledger import SET_ASIDE, Draft, Entry, standings
from bench.records.store import ASIDE, RECORD, RUNS, RunStore
from bench.records.travel import files_of_run, stores_in
from bench.system.files import atomic_writer, sha256_of, write_text_atomically


@dataclass(frozen=True)
class Merged:
    """What a merge did, or why it did nothing.

    Attributes:
        records: how many were added.
        failures: how many failed attempts were added to the ledger.
        conflicts: one line for each run of which the folders have different records; then nothing
            was written.
    """

    records: int
    failures: int
    conflicts: tuple[str, ...] = ()


def merge(sources: Sequence[Path], target: Path) -> Merged:
    """Add the records of every source to `target`.

    Args:
        sources: folders of results; they are read only.
        target: folder that is merged into; it may be new.

    Raises:
        BenchError: a folder is missing, given twice or damaged, or cannot be written.
    """
    _require_apart(sources, target)
    for source in sources:
        _require_sound(source)
    for part in stores_in(target):
        _require_chain(RunStore(target / part))
    conflicts = tuple(_conflicts([*([target] if target.is_dir() else []), *sources]))
    if conflicts:
        return Merged(0, 0, conflicts)
    records = failures = 0
    for source in sources:
        for part in stores_in(source):
            added = _merge_store(RunStore(source / part), RunStore(target / part))
            records += added[0]
            failures += added[1]
    return Merged(records, failures)


def _require_apart(sources: Sequence[Path], target: Path) -> None:
    seen = [target.resolve()]
    for source in sources:
        place = source.resolve()
        if not source.is_dir() or not any(
            _folders(RunStore(source / p)) for p in stores_in(source)
        ):
            raise BenchError(
                f"there is no record in {source}; give a folder that `bench run` wrote"
            )
        if place in seen:
            raise BenchError(f"{source} is given twice; give each folder once")
        seen.append(place)


def _require_sound(root: Path) -> None:
    for part in stores_in(root):
        store = RunStore(root / part)
        known = standings(_require_chain(store))
        for folder in _folders(store):
            digest = sha256_of(folder / RECORD)
            if digest not in known:
                raise BenchError(
                    f"the ledger of {store.root} does not list {folder}; `bench collect --results "
                    f"{root}` finishes what a crash left, `bench verify` names the rest"
                )
            missing = [path.name for path in files_of_run(folder) if not path.exists()]
            record = store.read(folder)
            stated = record.predictions_sha256 if record else ""
            if missing or (stated and sha256_of(files_of_run(folder)[-2]) != stated):
                raise BenchError(f"{folder} is damaged; `bench verify --results {root}` says how")


def _require_chain(store: RunStore) -> list[Entry]:
    entries, broken = store.ledger.read()
    if broken:
        raise BenchError(
            f"{store.ledger.path}, line {broken[0].line}: {broken[0].what}; restore it first"
        )
    return entries


def _conflicts(roots: Sequence[Path]) -> Iterator[str]:
    """Runs of which two folders have different records."""
    first: dict[Path, tuple[str, Path]] = {}
    for root in roots:
        for part in stores_in(root):
            for path in sorted((root / part / RUNS).glob(f"*/*/*/*/{RECORD}")):
                place, digest = path.parent.relative_to(root), sha256_of(path)
                other = first.setdefault(place, (digest, root))
                if other[0] != digest:
                    yield (
                        f"{place.as_posix()}: {other[1]} has record {other[0][:12]}, {root} has "
                        f"{digest[:12]}; merge without one of them"
                    )


def _merge_store(source: RunStore, target: RunStore) -> tuple[int, int]:
    entries = source.ledger.entries()
    with target.ledger.locked():
        target.repair()
        present = target.ledger.entries()
        if not present:
            return _begin(source, target, entries)
        known, failed = standings(present), {_attempt(e) for e in present if e.record is None}
        drafts = list[Draft]()
        pending = list[Path]()
        latest = standings(entries)
        for entry in entries:
            if entry.record is None:
                drafts += [_draft(entry)] if _attempt(entry) not in failed else []
            elif entry.record not in known and latest.get(entry.record) == entry:
                draft = _draft(entry)
                folder = target.root / entry.place
                # As `bench.records.keeping` has it, so that a crash in between is repaired.
                write_text_atomically(folder / PENDING, draft.model_dump_json())
                _copy(source.root / entry.place, folder)
                pending.append(folder / PENDING)
                drafts.append(draft)
        target.ledger.append(drafts)
        for path in pending:
            path.unlink()
    return len(pending), len(drafts) - len(pending)


def _begin(source: RunStore, target: RunStore, entries: Sequence[Entry]) -> tuple[int, int]:
    folders = _folders(source)
    places = {folder.relative_to(source.root) for folder in folders}
    for folder in _folders(target):
        if folder.relative_to(target.root) not in places:
            raise BenchError(f"{folder} is in no ledger; merge into a new folder")
    # The ledger comes last: without it the next merge begins again.
    for folder in folders:
        _copy(folder, target.root / folder.relative_to(source.root))
    _copy_file(source.ledger.path, target.ledger.path)
    return len(folders), sum(entry.record is None for entry in entries)


def _draft(entry: Entry) -> Draft:
    draft = Draft(**entry.model_dump(include=set(Draft.model_fields)))
    if entry.record is None:
        return draft
    reason = f"merged; entry {entry.number} there has hash {entry.hash[:12]}"
    if entry.outcome in SET_ASIDE:
        return draft.model_copy(update={"reason": f"{entry.reason} ({reason})", "origin": None})
    changes = {"outcome": "adopted", "reason": reason, "replaces": None}
    return draft.model_copy(update=changes)


def _attempt(entry: Entry) -> tuple[str, str, str]:
    return entry.place, entry.started, entry.reason


def _folders(store: RunStore) -> list[Path]:
    return [*store.folders(), *store.folders(ASIDE)]


def _copy(source: Path, target: Path) -> None:
    for path in files_of_run(source):
        _copy_file(path, target / path.name)


def _copy_file(source: Path, target: Path) -> None:
    with atomic_writer(target) as file:
        file.write(source.read_bytes())
