"""TensorBoard's event files, written without TensorFlow.

`tensorboard.summary.Writer` takes its file access from TensorFlow wherever that is installed, and
so would start it under a run on JAX. Records and messages are put together here instead.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2, summary_v2
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.plugins.scalar import metadata as scalar
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

from bench.trackers.cards import RunCard
from bench.trackers.protocol import Page

_VERSION = "record_version"


class TensorboardTracker:
    """Keeps one folder a run, `folder/<group>/<name>`; the folder is made when it begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def logged(self) -> dict[str, str]:
        """The record's version of every run that was logged to its end, by the run's key."""
        return {
            path.parent.name.rpartition("-")[2]: path.read_text()
            for path in self._folder.glob(f"*/*/{_VERSION}")
        }

    def start(self, card: RunCard) -> _TensorboardRun:
        """Open a run, in the place of whatever is there under the same key."""
        for old in self._folder.glob(f"*/*-{card.key}"):
            shutil.rmtree(old)
        return _TensorboardRun(self._folder / card.group / card.name, card)

    def page(self, port: int) -> Page:
        """How the page with all runs is started on a loopback port."""
        # The stand-in keeps TensorBoard from loading TensorFlow, which it needs for nothing here.
        serve = (
            "import sys, types; sys.modules['tensorboard.compat.notf'] = types.ModuleType('notf'); "
            "from tensorboard.main import run_main; run_main()"
        )
        # Its fast loader passes over numbers in double precision without a word.
        options = ("--host", "127.0.0.1", "--port", str(port), "--load_fast=false")
        return Page(
            (sys.executable, "-c", serve, "--logdir", str(self._folder), *options),
            f"http://127.0.0.1:{port}/",
        )


class _TensorboardRun:
    def __init__(self, folder: Path, card: RunCard) -> None:
        self._folder = folder
        self._card = card
        self._epochs = 0
        folder.mkdir(parents=True)
        self._file = (folder / f"events.out.tfevents.{int(time.time()):010d}.bench").open("wb")
        self._records = RecordWriter(self._file)
        self._write(file_version="brain.Event:2")

    def parameters(self, values: Mapping[str, str | int | float | bool]) -> None:
        self._write(summary=summary_v2.hparams_pb(dict(values), trial_id=self._card.key))

    def metrics(self, epoch: int, values: Mapping[str, float]) -> None:
        self._epochs = epoch
        self._scalars(values)

    def artefact(self, path: Path) -> None:
        shutil.copyfile(path, self._folder / path.name)

    def finish(self, scores: Mapping[str, float], version: str) -> None:
        self._scalars(scores)
        self._end(api_pb2.STATUS_SUCCESS)
        (self._folder / _VERSION).write_text(version)

    def abandon(self) -> None:
        self._end(api_pb2.STATUS_FAILURE)

    def _end(self, status: int) -> None:
        ended = plugin_data_pb2.SessionEndInfo(status=status, end_time_secs=time.time())
        self._summary(
            summary_pb2.Summary.Value(
                tag=hparams.SESSION_END_INFO_TAG,
                tensor=hparams.NULL_TENSOR,
                metadata=hparams.create_summary_metadata(
                    plugin_data_pb2.HParamsPluginData(session_end_info=ended)
                ),
            )
        )
        self._file.close()

    def _scalars(self, values: Mapping[str, float]) -> None:
        kind = scalar.create_summary_metadata(display_name="", description="")
        self._summary(
            *(
                # In double precision, so that the number is the record's to the last bit.
                summary_pb2.Summary.Value(
                    tag=name, tensor=tensor_util.make_tensor_proto(np.float64(value)), metadata=kind
                )
                for name, value in values.items()
            )
        )

    def _summary(self, *values: Any) -> None:
        self._write(step=self._epochs, summary=summary_pb2.Summary(value=values))

    def _write(self, **content: Any) -> None:
        event = event_pb2.Event(wall_time=time.time(), **content)
        self._records.write(event.SerializeToString())
        self._records.flush()
