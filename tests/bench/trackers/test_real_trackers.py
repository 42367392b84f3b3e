"""Each tracker for real: what its own page answers is what the records say."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from bench.records.record import EpochPart, RunRecord
from bench.records.store import RunStore
from bench.trackers.cards import card_of_record, epoch_metrics, final_scores
from bench.trackers.protocol import PROJECT
from bench.trackers.registry import TRACKERS, tracker_folder
from tests.support.factories import make_predictions, make_record

pytestmark = pytest.mark.tracker

BENCH = (sys.executable, "-m", "bench")
RUN = ("run", "--tier", "smoke", "--approach", "basic_cnn")
HISTORY = tuple(
    EpochPart(
        loss=4 / epoch + 1e-9,
        accuracy=0.1 * epoch,
        validation_loss=5 / epoch,
        validation_accuracy=None if epoch == 1 else 1 / 3,
        seconds=1 + 1e-3 * epoch,
    )
    for epoch in range(1, 4)
)


@dataclass(frozen=True)
class Held:
    """What a tracker's page says of one run: its epochs in order, its scores, its parameters."""

    epochs: list[dict[str, float]]
    scores: dict[str, float]
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Followed:
    """A run followed twice (the second time done again), a record imported, and the open page."""

    tracker: str
    results: Path
    address: str
    said: str
    page: subprocess.Popen[str]

    @property
    def records(self) -> list[RunRecord]:
        return [record for _, record in RunStore(self.results).runs()]

    def ask(self, path: str, question: dict[str, Any] | None = None) -> Any:
        scheme, host = urllib.parse.urlsplit(self.address)[:2]
        request = urllib.request.Request(
            f"{scheme}://{host}{path}",
            data=None if question is None else json.dumps(question).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


@pytest.fixture(scope="module", params=TRACKERS, ids=lambda entry: entry.name)
def followed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Followed]:
    entry = request.param
    if find_spec(entry.package) is None:
        pytest.skip(f"{entry.package} is not installed: pip install -e '.[{entry.extra}]'")
    results = tmp_path_factory.mktemp(entry.name)
    chosen = ("--tracker", entry.name, "--results", str(results))
    for again in ((), ("--rerun",)):
        done = subprocess.run(
            [*BENCH, *RUN, *chosen, *again], capture_output=True, text=True, check=True
        )
        assert "is off" not in done.stdout
    predictions = make_predictions()
    record = make_record(predictions).model_copy(update={"history": HISTORY})
    folder = results / "runs" / "cifar100" / "full" / "plain" / f"seed0-{record.key}"
    RunStore(results).write(folder, record, predictions)
    with open_page(*chosen) as page:
        assert page.stdout is not None
        said, address = page.stdout.readline(), page.stdout.readline().split()[0]
        yield Followed(entry.name, results, address, said, page)
        # Not killed, which would leave the tracker's own server behind.
        page.terminate()


def open_page(*chosen: str) -> subprocess.Popen[str]:
    """`bench track`, which hears an interrupt: a shell's background jobs are born deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [*BENCH, "track", *chosen, "--no-open"], stdout=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)


def track(tracker: str, results: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BENCH, "track", "--tracker", tracker, "--results", str(results), *options],
        capture_output=True,
        text=True,
        check=False,
    )


def of_trackio(followed: Followed, record: RunRecord) -> Held:
    run = {"project": PROJECT, "run": card_of_record(record).name, "run_id": record.key}
    rows = followed.ask("/api/get_logs", run)["data"]
    values = [{k: v for k, v in row.items() if k not in ("step", "timestamp")} for row in rows]
    assert [row["step"] for row in rows] == [*range(1, len(rows)), rows[-2]["step"]]
    parameters = followed.ask("/api/get_run_summary", run)["data"]["config"]
    return Held(values[:-1], values[-1], parameters)


def of_mlflow(followed: Followed, record: RunRecord) -> Held:
    api = "/api/2.0/mlflow"
    experiment = followed.ask(f"{api}/experiments/get-by-name?experiment_name={PROJECT}")
    found = followed.ask(
        f"{api}/runs/search",
        {
            "experiment_ids": [experiment["experiment"]["experiment_id"]],
            "filter": f"attributes.run_name = '{card_of_record(record).name}'",
        },
    )["runs"]
    assert len(found) == 1
    assert found[0]["info"]["status"] == "FINISHED"
    epochs: list[dict[str, float]] = [{} for _ in record.history]
    scores = {}
    for name in (metric["key"] for metric in found[0]["data"]["metrics"]):
        asked = urllib.parse.urlencode({"run_id": found[0]["info"]["run_id"], "metric_key": name})
        points = followed.ask(f"{api}/metrics/get-history?{asked}")["metrics"]
        if "/" in name:
            (scores[name],) = (point["value"] for point in points)
        else:
            for point in points:
                epochs[point["step"] - 1][name] = point["value"]
    return Held(epochs, scores, {p["key"]: p["value"] for p in found[0]["data"]["params"]})


def of_tensorboard(followed: Followed, record: RunRecord) -> Held:
    card = card_of_record(record)
    run = f"{card.group}/{card.name}"
    epochs: list[dict[str, float]] = [{} for _ in record.history]
    scores = {}
    for name in followed.ask("/data/plugin/scalars/tags")[run]:
        asked = urllib.parse.urlencode({"run": run, "tag": name})
        points = followed.ask(f"/data/plugin/scalars/scalars?{asked}")
        if "/" in name:
            ((_, _, scores[name]),) = points
        else:
            for _, step, value in points:
                epochs[step - 1][name] = value
    states = ["STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING", "STATUS_UNKNOWN"]
    groups = followed.ask(
        "/data/plugin/hparams/session_groups",
        {"experimentName": "", "allowedStatuses": states, "startIndex": 0, "sliceSize": 99},
    )["sessionGroups"]
    (group,) = (group for group in groups if group["name"] == record.key)
    assert [session["status"] for session in group["sessions"]] == ["STATUS_SUCCESS"]
    return Held(epochs, scores, group["hparams"])


READERS: dict[str, Callable[[Followed, RunRecord], Held]] = {
    "trackio": of_trackio,
    "mlflow": of_mlflow,
    "tensorboard": of_tensorboard,
}


def test_followed_run_needs_no_import(followed: Followed) -> None:
    assert followed.said == f"2 records in {followed.tracker}, 1 of them new\n"


def test_page_answers_on_loopback(followed: Followed) -> None:
    assert followed.address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(followed.address.split("#")[0], timeout=60) as answer:
        assert answer.status == 200
        assert followed.tracker in answer.read().decode().lower()


def test_page_says_what_the_records_say(followed: Followed) -> None:
    assert len(followed.records) == 2
    for record in followed.records:
        held = READERS[followed.tracker](followed, record)
        assert held.epochs == [epoch_metrics(epoch) for epoch in record.history]
        assert held.scores == final_scores(record)
        # MLflow keeps parameters as text, TensorBoard every number as one with a point.
        for name, value in card_of_record(record).parameters.items():
            assert held.parameters[name] in (value, str(value))


def test_record_is_kept_beside_its_numbers(followed: Followed) -> None:
    kept = {
        path.read_bytes()
        for path in tracker_folder(followed.results, followed.tracker).rglob("*")
        if path.is_file()
    }
    for path in followed.results.rglob("runs/**/record.json"):
        assert path.read_bytes() in kept


def test_logging_starts_no_framework_and_asks_no_other_machine(
    followed: Followed, tmp_path: Path
) -> None:
    code = (
        "import socket, sys\n"
        "asked = []\n"
        "sys.addaudithook(lambda event, arguments: asked.append(arguments)"
        " if event in ('socket.connect', 'socket.getaddrinfo') else None)\n"
        "from bench.records.store import RunStore\n"
        "from bench.trackers.recorded import import_records\n"
        "from bench.trackers.registry import get_tracker\n"
        "from pathlib import Path\n"
        f"tracker = get_tracker({followed.tracker!r}, Path({str(tmp_path)!r}))\n"
        f"print(import_records(RunStore(Path({str(followed.results)!r})), tracker).new)\n"
        "print([m for m in ('tensorflow', 'jax', 'keras', 'torch') if m in sys.modules], asked)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["2", "[] []"]
    assert done.stderr == ""


def test_port_in_use_is_named(followed: Followed) -> None:
    port = str(urllib.parse.urlsplit(followed.address).port)
    done = track(followed.tracker, followed.results, "--no-open", "--port", port)
    assert done.returncode == 2
    assert f"port {port} cannot be used" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_damaged_copies_end_in_one_line_with_the_fix(followed: Followed, tmp_path: Path) -> None:
    folder = tracker_folder(tmp_path, followed.tracker)
    shutil.copytree(followed.results / "runs", tmp_path / "runs")
    folder.mkdir(parents=True)
    for database in ("cifar100-bench.db", "mlflow.db", "cifar100-full"):
        (folder / database).write_text("no database and no folder")
    done = track(followed.tracker, tmp_path, "--no-page")
    assert done.returncode == 2
    assert f"delete {folder} and run again" in done.stderr.splitlines()[-1]


# The last of its kind: it closes the page that the others read.
def test_page_closes_on_interrupt(followed: Followed) -> None:
    followed.page.send_signal(signal.SIGINT)
    assert followed.page.wait(60) == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(followed.address, timeout=5)
