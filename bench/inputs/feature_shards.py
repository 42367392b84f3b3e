"""Features computed in parts, on several machines if need be, and joined to the same file.

A part covers whole batches, which go in as they would for the whole file, so that it has the same
bits. Whoever finishes the last part joins them.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from bench.errors import BenchError
from bench.inputs.features import Reader, features_key, layout_in
from bench.inputs.stored_features import Layout, sound_entries
from bench.system.files import atomic_writer


@dataclass(frozen=True)
class ShardedFeatures:
    """One file of features, and its parts while it is not whole.

    Attributes:
        reader: the images, and the backbone that reads them.
        cache: folder of the feature cache, which all machines share.
        count: how many parts there are.
    """

    reader: Reader
    cache: Path
    count: int

    def add(self, index: int) -> bool:
        """Compute a part that is missing, and join the parts where none is.

        Args:
            index: of the part, from 1 to `count`.

        Returns:
            Whether the whole file is there now.

        Raises:
            BenchError: a feature does not fit into float16, a part is damaged, or the cache cannot
                be written.
        """
        reader = self.reader
        key = features_key(reader.images, reader.model, reader.settings, reader.weights)
        path = self.cache / "features" / f"{key}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        if layout_in(path, key, len(reader.images)) is not None:
            return True
        layout = Layout(key, len(reader.images), reader.sample_shape)
        part = self._part(path, index)
        with FileLock(part.with_suffix(".lock")):
            if not part.exists():
                self._compute(part, layout, index)
        with FileLock(path.with_suffix(".lock")):
            whole = layout_in(path, key, len(reader.images)) is not None
            return whole or self._join(path, layout)

    def _part(self, path: Path, index: int) -> Path:
        return path.with_suffix(f".{index}-of-{self.count}")

    def _compute(self, part: Path, layout: Layout, index: int) -> None:
        reader = self.reader
        batches = -(-layout.count // reader.batch)
        first, last = (batches * i // self.count for i in (index - 1, index))
        with atomic_writer(part) as file:
            for start in range(first * reader.batch, last * reader.batch, reader.batch):
                file.write(layout.entries(reader.batch_from(start), start).tobytes())

    def _join(self, path: Path, layout: Layout) -> bool:
        parts = [self._part(path, index) for index in range(1, self.count + 1)]
        if not all(part.exists() for part in parts):
            return False
        partial = path.with_suffix(".partial")
        with partial.open("w+b") as file:
            file.write(layout.header)
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
            sound = sound_entries(file, layout)
        if sound < layout.count:
            for one in (partial, *parts):
                one.unlink()
            raise BenchError(
                f"the parts of {path.name} are damaged from feature {sound} on and were removed; "
                "compute every part again"
            )
        partial.replace(path)
        for part in parts:
            part.unlink()
        return True
