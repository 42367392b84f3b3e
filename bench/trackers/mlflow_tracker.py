"""MLflow on an SQLite file, with its artefacts beside it."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.trackers.cards import RunCard
from bench.trackers.protocol import PROJECT, Page

_KEY = "bench.key"
_VERSION = "bench.record_version"
_AT_ONCE = 100
_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


class MlflowTracker:
    """Keeps runs in `folder`, which is made when the first run begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # MLflow reads these once, when it is first imported.
        os.environ.update(_ENVIRONMENT)
        # Its database is built in a hundred steps, each with a line of its own.
        logging.getLogger("alembic").setLevel(logging.WARNING)
        import mlflow.tracking

        self._make_client = mlflow.tracking.MlflowClient

    def logged(self) -> dict[str, str]:
        """The record's version of every run that was logged to its end, by the run's key."""
        runs = self._runs(f"tags.`{_VERSION}` != ''")
        return {run.data.tags[_KEY]: run.data.tags[_VERSION] for run in runs}

    def start(self, card: RunCard) -> _MlflowRun:
        """Open a run, in the place of whatever is there under the same key."""
        for old in self._runs(f"tags.`{_KEY}` = '{card.key}'"):
            self._client.delete_run(old.info.run_id)
        tags = {**card.tags, "group": card.group, _KEY: card.key}
        run = self._client.create_run(self._experiment, tags=tags, run_name=card.name)
        return _MlflowRun(self._client, run.info.run_id)

    def page(self, port: int) -> Page:
        """How the page with all runs is started on a loopback port."""
        server = ("-m", "mlflow", "server", "--backend-store-uri", self._store, "--workers", "1")
        return Page(
            (sys.executable, *server, "--host", "127.0.0.1", "--port", str(port)),
            f"http://127.0.0.1:{port}/#/experiments/{self._experiment}",
            _ENVIRONMENT,
        )

    @property
    def _store(self) -> str:
        return f"sqlite:///{self._folder / 'mlflow.db'}"

    @cached_property
    def _client(self) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._make_client(tracking_uri=self._store)

    @cached_property
    def _experiment(self) -> str:
        found = self._client.get_experiment_by_name(PROJECT)
        if found is not None:
            return str(found.experiment_id)
        artefacts = (self._folder / "artefacts").as_uri()
        return str(self._client.create_experiment(PROJECT, artifact_location=artefacts))

    def _runs(self, where: str) -> list[Any]:
        found: list[Any] = []
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment], filter_string=where, page_token=token
            )
            found += page
            token = page.token
            if not token:
                return found


class _MlflowRun:
    def __init__(self, client: Any, run: str) -> None:
        self._client = client
        self._run = run
        self._epochs = 0

    def parameters(self, values: Mapping[str, str | int | float | bool]) -> None:
        from mlflow.entities import Param

        params = [Param(name, str(value)) for name, value in values.items()]
        for start in range(0, len(params), _AT_ONCE):
            self._client.log_batch(self._run, params=params[start : start + _AT_ONCE])

    def metrics(self, epoch: int, values: Mapping[str, float]) -> None:
        self._epochs = epoch
        self._log(values)

    def artefact(self, path: Path) -> None:
        self._client.log_artifact(self._run, str(path))

    def finish(self, scores: Mapping[str, float], version: str) -> None:
        self._log(scores)
        self._client.set_tag(self._run, _VERSION, version)
        self._client.set_terminated(self._run, "FINISHED")

    def abandon(self) -> None:
        self._client.set_terminated(self._run, "KILLED")

    def _log(self, values: Mapping[str, float]) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        metrics = [Metric(name, value, now, self._epochs) for name, value in values.items()]
        self._client.log_batch(self._run, metrics=metrics)
