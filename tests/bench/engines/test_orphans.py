"""However the command ends, its workers end within seconds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are read in /proc"),
]

ROOT = Path(__file__).parents[3]
# Long enough to be at work whenever they are looked at.
RUN = (
    "run",
    "--tier",
    "short",
    "--dataset",
    "shapes100",
    "--approach",
    "basic_cnn",
    "--seeds",
    "4",
)
# A loaded machine is given time to start; to end, workers need no more than this.
START_SECONDS, END_SECONDS = 120.0, 5.0
# One that is told to end while it imports itself does so once that is done.
IMPORT_SECONDS = 30.0


def children_of(process: int) -> set[int]:
    """Numbers of the processes that a process started itself."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == process and after_name[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(seconds: float, what) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.1)
    return bool(what())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The images are drawn once."""
    return tmp_path_factory.mktemp("cache")


# `early`: before a worker could ask to be told of its parent's end.
@pytest.mark.parametrize("early", [True, False], ids=["as it starts", "at work"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.promise(
    "the command gets SIGKILL, SIGTERM or SIGHUP, early or late",
    "its workers end within seconds",
)
def test_no_worker_outlives_its_command(tmp_path: Path, cache: Path, number, early: bool) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "bench", *RUN, "--quiet", "--results", str(tmp_path / "results")],
        cwd=ROOT,
        env={**os.environ, "BENCH_CACHE_DIR": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A signal to this group must not reach the tests.
        start_new_session=True,
    )
    workers: set[int] = set()
    try:
        # The first is multiprocessing's own, which looks after shared memory.
        assert wait_for(START_SECONDS, lambda: len(children_of(command.pid)) > 1)
        if not early:
            assert wait_for(START_SECONDS, lambda: list(tmp_path.rglob("seed0-*")))
        workers = children_of(command.pid)
        os.kill(command.pid, number)
        command.wait(timeout=END_SECONDS)
        most = IMPORT_SECONDS if early else END_SECONDS
        assert wait_for(most, lambda: not any(map(is_there, workers)))
    finally:
        for process in (command.pid, *workers):
            if is_there(process):
                os.kill(process, signal.SIGKILL)
        command.wait()
