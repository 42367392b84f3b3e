"""trackio: one SQLite file a project, and a page that is up in seconds.

Rows go in through `SQLiteStorage`, as trackio's own importers do it: a `trackio.Run` buffers what
it is given (a kill loses it) and prints among the lines of the terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.trackers.cards import RunCard
from bench.trackers.protocol import PROJECT, Page

_VERSION = "record_version"


class TrackioTracker:
    """Keeps runs in `folder`, which is made when the first run begins.

    Raises:
        BenchError: trackio keeps another folder in this process; it can have but one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # trackio reads these once, when it is first imported.
        os.environ.update(_environment(folder))
        for elsewhere in ("TRACKIO_BUCKET_ID", "TRACKIO_DATASET_ID"):
            os.environ.pop(elsewhere, None)
        from trackio.sqlite_storage import SQLiteStorage
        from trackio.utils import TRACKIO_DIR

        if folder != TRACKIO_DIR:
            raise BenchError(
                f"trackio already keeps its runs in {TRACKIO_DIR}; use one --results a process"
            )
        self._storage = SQLiteStorage

    def logged(self) -> dict[str, str]:
        """The record's version of every run that was logged to its end, by the run's key."""
        configs = self._storage.get_all_run_configs(PROJECT)
        return {key: found[_VERSION] for key, found in configs.items() if _VERSION in found}

    def start(self, card: RunCard) -> _TrackioRun:
        """Open a run, in the place of whatever is there under the same key."""
        self._storage.delete_run(PROJECT, card.name, run_id=card.key)
        return _TrackioRun(self._storage, card)

    def page(self, port: int) -> Page:
        """How the page with all runs is started on a loopback port."""
        show = (
            f"import trackio; trackio.show({PROJECT!r}, open_browser=False, share=False, "
            f"host='127.0.0.1', server_port={port})"
        )
        return Page(
            (sys.executable, "-c", show),
            f"http://127.0.0.1:{port}/?project={PROJECT}",
            _environment(self._folder),
        )


class _TrackioRun:
    def __init__(self, storage: Any, card: RunCard) -> None:
        self._storage = storage
        self._card = card
        self._config: dict[str, Any] = {"_Group": card.group}
        self._epochs = 0

    def parameters(self, values: Mapping[str, str | int | float | bool]) -> None:
        # trackio has no run without a metric: they go in with the first one.
        self._config |= values

    def metrics(self, epoch: int, values: Mapping[str, float]) -> None:
        self._epochs = epoch
        self._log(values)

    def artefact(self, path: Path) -> None:
        from trackio import cas

        digest, size = cas.stage_blob_into_project(path, PROJECT)
        self._storage.commit_artifact_version(
            project=PROJECT,
            name=self._card.name,
            type="record",
            description=None,
            manifest=[{"path": path.name, "digest": digest, "size": size}],
            metadata=None,
            aliases=None,
            run_name=self._card.name,
            run_id=self._card.key,
        )

    def finish(self, scores: Mapping[str, float], version: str) -> None:
        self._config[_VERSION] = version
        self._log(scores)

    def abandon(self) -> None:
        pass

    def _log(self, values: Mapping[str, float]) -> None:
        self._storage.bulk_log(
            PROJECT,
            self._card.name,
            [dict(values)],
            steps=[self._epochs],
            config=self._config,
            run_id=self._card.key,
        )


def _environment(folder: Path) -> dict[str, str]:
    """Everything stays in `folder` and on this machine."""
    return {
        "TRACKIO_DIR": str(folder),
        "TRACKIO_STORAGE_MODE": "sqlite",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_SHARE": "False",
    }
