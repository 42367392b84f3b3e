"""Run records on disk: one folder a run, found again by what determines the run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bench.errors import BenchError
from bench.records.predictions import Hits, Predictions
from bench.records.record import RunRecord
from bench.records.upgrade import upgraded
from bench.system.files import atomic_writer, sha256_of, write_text_atomically

RECORD = "record.json"
PREDICTIONS = "predictions.npz"
WEIGHTS = "trained.weights.npz"
CHECKPOINT = "checkpoint.npz"


@dataclass(frozen=True)
class RunStore:
    """The folder `root/runs/<dataset>/<tier>/<approach>/<seed>-<key>/`.

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

    def folder(self, *, dataset: str, tier: str, approach: str, seed: int, key: str) -> Path:
        """Where a run with this key keeps its files."""
        return self.root / "runs" / dataset / tier / approach / f"seed{seed}-{key}"

    def write(self, folder: Path, record: RunRecord, predictions: Predictions) -> RunRecord:
        """Keep a finished run and return its record with the predictions' hash in it.

        The record comes last, so that its presence means «complete».
        """
        predictions.save(folder / PREDICTIONS)
        sealed = record.model_copy(update={"predictions_sha256": sha256_of(folder / PREDICTIONS)})
        text = RunRecord.model_validate(sealed.model_dump()).model_dump_json(indent=1)
        write_text_atomically(folder / RECORD, text + "\n")
        return sealed

    def read(self, folder: Path) -> RunRecord | None:
        """The record in `folder`, or `None` where the run has not finished.

        Raises:
            BenchError: the record is damaged.
        """
        path = folder / RECORD
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise BenchError(f"{path} cannot be read: {error}") from error
        try:
            return RunRecord.model_validate(upgraded(json.loads(text)), strict=False)
        except (json.JSONDecodeError, RecursionError) as error:
            what = str(error)
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc'])) or 'record'}: {first['msg']}"
        raise BenchError(f"{path} is damaged ({what}); delete {folder} and run again")

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
        """Every finished run, in a stable order.

        Raises:
            BenchError: a record is damaged.
        """
        for folder in self.folders():
            record = self.read(folder)
            if record is not None:
                yield folder, record

    def folders(self) -> list[Path]:
        """The folder of every finished run, in a stable order; of one run only the first found."""
        found: dict[Path, Path] = {}
        for root in (self.root, *self.also):
            for path in (root / "runs").glob(f"*/*/*/*/{RECORD}"):
                found.setdefault(path.parent.relative_to(root), path.parent)
        return [found[place] for place in sorted(found, key=lambda place: place.parts)]


def require_results(root: Path) -> Path:
    """The folder itself, if it is there.

    Raises:
        BenchError: it is not.
    """
    if not root.is_dir():
        raise BenchError(f"there is no folder {root}; give one that `bench run` wrote")
    return root


def check_writable(results: Path) -> None:
    """Find out before any work whether results can be written.

    Raises:
        BenchError: they cannot.
    """
    probe = results / ".writable"
    with atomic_writer(probe):
        pass
    probe.unlink()
