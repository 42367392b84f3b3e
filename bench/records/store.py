"""Run records on disk: one folder a run, found again by what determines the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bench.errors import BenchError
from bench.records.keeping import PENDING, Keeping, draft_of
from bench.records.ledger import LEDGER, Draft, Ledger, Outcome, standings
from bench.records.parsing import DamageError, parse_record
from bench.records.predictions import Hits, Predictions
from bench.records.record import RunRecord
from bench.system.files import sha256_of

RECORD = "record.json"
PREDICTIONS = "predictions.npz"
WEIGHTS = "trained.weights.npz"
CHECKPOINT = "checkpoint.npz"
RUNS = "runs"
ASIDE = "set-aside"
# No record comes near: a full one with 50 epochs takes 20 kB.
_LARGEST_RECORD = 16 << 20


@dataclass(frozen=True)
class Unreadable:
    """A record that is there and cannot be read.

    Attributes:
        folder: of the run.
        reason: in one line.
    """

    folder: Path
    reason: str


@dataclass(frozen=True)
class SetAside:
    """A run that was measured and counts no longer.

    Attributes:
        folder: where its files lie now.
        record: as it was read.
        outcome: `superseded` or `withdrawn`; `None` where the ledger does not list it.
        reason: why, as the ledger has it.
    """

    folder: Path
    record: RunRecord
    outcome: Outcome | None
    reason: str


def other_predictions(reading: str) -> str:
    """Name of the file of a reading whose predictions are not the record's own."""
    return f"predictions-{reading}.npz"


@dataclass(frozen=True)
class RunStore:
    """The folder `root/runs/<dataset>/<tier>/<approach>/<seed>-<key>/`, and its ledger.

    Runs that count no longer lie in `root/set-aside` under the same names, with the first eight
    digits of their record's hash behind.

    Attributes:
        root: where runs are written, and looked for first.
        also: roots of other stores whose finished runs are found too, and never written to.
    """

    root: Path
    also: tuple[Path, ...] = ()

    def collection(self, name: str) -> RunStore:
        """The store of a collection of its own, such as `ablations`; this one where it is empty."""
        if not name:
            return self
        return RunStore(self.root / name, tuple(root / name for root in self.also))

    @property
    def ledger(self) -> Ledger:
        """What was ever measured here."""
        return Ledger(self.root / LEDGER)

    def folder(self, *, dataset: str, tier: str, approach: str, seed: int, key: str) -> Path:
        """Where a run with this key keeps its files.

        Raises:
            BenchError: a name would lead out of the store.
        """
        for name in (dataset, tier, approach, key):
            if name in ("", ".", "..") or not name.isprintable() or "/" in name or "\\" in name:
                raise BenchError(f"{name!r} cannot be the name of a folder; give it another name")
        return self.root / RUNS / dataset / tier / approach / f"seed{seed}-{key}"

    def folder_of(self, record: RunRecord) -> Path:
        """Where a record belongs by what it says of itself."""
        return self.folder(
            dataset=record.dataset.name,
            tier=record.tier.name,
            approach=record.approach,
            seed=record.seed,
            key=record.key,
        )

    def write(
        self,
        folder: Path,
        record: RunRecord,
        predictions: Predictions,
        others: Mapping[str, Predictions] = MappingProxyType({}),
    ) -> RunRecord:
        """Keep a finished run and return its record with the predictions' hashes in it.

        Args:
            folder: of the run.
            record: without the hashes.
            predictions: of the weights that the record's own scores are of.
            others: of further readings of the same training, by their names in the record.

        The record comes after its predictions, so that its presence means "complete"; its entry in
        the ledger comes last. What a crash leaves between the two is finished by the next `write`
        or `repair`. A record that lies there already is set aside first: nothing is overwritten.

        Raises:
            BenchError: the folder cannot be written to, or the ledger is damaged.
        """
        keeping = self._keeping
        with self.ledger.locked():
            if keeping.was_interrupted or (folder / PENDING).exists():
                keeping.repair()
            replaces = self._make_room(folder)
            predictions.save(folder / PREDICTIONS)
            digest = sha256_of(folder / PREDICTIONS)
            readings = dict(record.readings)
            for name, of_reading in others.items():
                of_reading.save(folder / other_predictions(name))
                other = sha256_of(folder / other_predictions(name))
                readings[name] = readings[name].model_copy(update={"predictions_sha256": other})
            sealed = record.model_copy(update={"predictions_sha256": digest, "readings": readings})
            sound = RunRecord.model_validate(sealed.model_dump())
            with keeping.whole():
                keeping.keep(folder, sound, replaces=replaces)
        return sealed

    def _make_room(self, folder: Path) -> str | None:
        """Set aside what lies in a folder; the listed hash of a record too damaged for that."""
        if not (folder / RECORD).exists():
            return None
        try:
            self.set_aside(folder, "superseded", "the same run was done again")
        except BenchError:
            place = folder.relative_to(self.root).as_posix()
            listed = standings(self.ledger.entries()).values()
            return next((entry.record for entry in listed if entry.place == place), None)
        return None

    def fail(self, folder: Path, *, started: str, commit: str | None, reason: str) -> None:
        """List an attempt that ended without a record: diverged, out of memory, out of time.

        Raises:
            BenchError: the ledger cannot be written to, or is damaged.
        """
        draft = Draft(
            outcome="failed",
            place=folder.relative_to(self.root).as_posix(),
            key=folder.name.partition("-")[2],
            started=started,
            commit=commit,
            reason=reason,
        )
        self.ledger.append([draft])

    def set_aside(self, folder: Path, outcome: Outcome, reason: str) -> Path:
        """Take a finished run out of every page; its files and its reason stay.

        Returns:
            The folder in which its record and predictions lie now.

        Raises:
            BenchError: there is no readable record, or the ledger cannot be written to.
        """
        with self.ledger.locked():
            record = self.read(folder)
            if record is None:
                raise BenchError(f"{folder} holds no record that could be set aside")
            digest = sha256_of(folder / RECORD)
            target = self.root / ASIDE / folder.relative_to(self.root / RUNS)
            target = target.with_name(f"{folder.name}-{digest[:8]}")
            draft = draft_of(record, outcome, target.relative_to(self.root), digest, reason)
            origin = folder.relative_to(self.root).as_posix()
            with self._keeping.whole():
                self.ledger.append([draft.model_copy(update={"origin": origin})])
                self._keeping.move(folder, target)
        return target

    def repair(self) -> None:
        """Finish what a crash left undone between a record, its ledger entry and its place.

        Raises:
            BenchError: the ledger is damaged, or the folder cannot be written to.
        """
        if not self.root.is_dir():
            return
        with self.ledger.locked():
            self._keeping.repair()

    @property
    def _keeping(self) -> Keeping:
        return Keeping(self.root, self.ledger, RECORD, PREDICTIONS)

    def read(self, folder: Path) -> RunRecord | None:
        """The record in `folder`, or `None` where the run has not finished.

        Raises:
            BenchError: the record is damaged.
        """
        path = folder / RECORD
        try:
            if path.stat().st_size > _LARGEST_RECORD:
                raise BenchError(f"{path} is too large for a record; delete {folder}")
            return parse_record(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BenchError(f"{path} cannot be read: {error}") from error
        except DamageError as error:
            text = f"{path} is damaged ({error}); delete {folder} and run again"
            raise BenchError(text) from error

    def predictions(self, folder: Path) -> Predictions:
        """The predictions beside a record.

        Raises:
            BenchError: they are missing or damaged.
        """
        return Predictions.load(folder / PREDICTIONS)

    def predictions_of(self, folders: Iterable[Path]) -> Iterator[Predictions]:
        """The predictions in each folder, in their order, one after the other in memory.

        Raises:
            BenchError: some are missing or damaged.
        """
        return map(Predictions.load, (folder / PREDICTIONS for folder in folders))

    def hits(self, folders: Iterable[Path]) -> Iterator[Hits]:
        """Which test images each run got right, without the rest of its predictions.

        Raises:
            BenchError: some predictions are missing or damaged.
        """
        return map(Hits.load, (folder / PREDICTIONS for folder in folders))

    def find(self, folder: Path) -> tuple[Path, RunRecord] | None:
        """The record of the run that `folder` is for, here or in one of the other stores.

        Raises:
            BenchError: the record is damaged.
        """
        for candidate in self.places(folder):
            record = self.read(candidate)
            if record is not None:
                return candidate, record
        return None

    def places(self, folder: Path) -> list[Path]:
        """The folder itself and those of the same run in the other stores."""
        place = folder.relative_to(self.root)
        return [root / place for root in (self.root, *self.also)]

    def datasets(self) -> list[str]:
        """Names of the data sets that have a finished run, sorted."""
        return sorted({folder.parents[2].name for folder in self.folders()})

    def runs(self) -> Iterator[tuple[Path, RunRecord]]:
        """Every finished run that counts and can be read, in a stable order.

        What cannot be read is left out here and listed by `unreadable`, so that one damaged record
        does not stop all others.
        """
        for folder in self.folders():
            try:
                record = self.read(folder)
            except BenchError:
                continue
            if record is not None:
                yield folder, record

    def unreadable(self) -> tuple[Unreadable, ...]:
        """The records that `runs` leaves out, in a stable order."""
        found = []
        for folder in (*self.folders(), *self.folders(ASIDE)):
            try:
                self.read(folder)
            except BenchError as error:
                found.append(Unreadable(folder, str(error)))
        return tuple(found)

    def all_runs(self) -> Iterator[tuple[Path, RunRecord]]:
        """Every finished run that can be read, those that were set aside after the others."""
        yield from self.runs()
        for one in self.aside():
            yield one.folder, one.record

    def aside(self) -> tuple[SetAside, ...]:
        """The runs that count no longer, with their reasons, in a stable order.

        Raises:
            BenchError: the ledger is damaged.
        """
        folders = self.folders(ASIDE)
        known = standings(self.ledger.entries()) if folders else {}
        found = []
        for folder in folders:
            try:
                record = self.read(folder)
            except BenchError:
                continue
            if record is not None:
                entry = known.get(sha256_of(folder / RECORD))
                found.append(
                    SetAside(
                        folder,
                        record,
                        outcome=entry.outcome if entry else None,
                        reason=entry.reason if entry else "the ledger does not list it",
                    )
                )
        return tuple(found)

    def folders(self, within: str = RUNS) -> list[Path]:
        """The folder of every finished run, in a stable order; of those set aside on request.

        Of a run that several stores have only the first is given.
        """
        found: dict[Path, Path] = {}
        for root in (self.root, *self.also):
            for path in (root / within).glob(f"*/*/*/*/{RECORD}"):
                found.setdefault(path.parent.relative_to(root), path.parent)
        return [found[place] for place in sorted(found, key=lambda place: place.parts)]
