"""Ctrl-C on a real `bench run`, pressed on a real terminal."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.terminals import CTRL_C, on_terminal

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]
EPOCHS = 10
RUN = ("-m", "bench", "run", "--approach", "basic_cnn", "--dataset", "shapes100", "--seeds", "1")
ON_LINUX = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="asks Linux for the processes"
)
ROW = r"basic_cnn +0 +{}/10 "


@pytest.fixture
def bench(tmp_path: Path):
    """Start `bench run` where nothing of this checkout is found but its code."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**kept, "PYTHONPATH": str(ROOT)}
    return lambda: on_terminal(*RUN, cwd=tmp_path, environment=environment)


def workers_of(process: int) -> list[int]:
    """The processes that this one started and that are at work."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, rest = status.read_text().rsplit(")", 1)
            if int(rest.split()[1]) == process and "spawn_main" in command_of(status.parent):
                found.append(int(name.split()[0]))
    return found


def command_of(folder: Path) -> str:
    return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_first_press_stops_after_the_step_and_the_same_command_goes_on(bench) -> None:
    with bench() as terminal:
        terminal.wait_for(ROW.format(2), 200)
        terminal.press(CTRL_C)
        assert terminal.ended(60) == 130
        terminal.wait_for("stopping after this step; press Ctrl-C again to end at once", 1)
        stopped = terminal.wait_for(
            r"stopped basic_cnn seed 0 after epoch (\d+); the same command goes on from there", 1
        )
        epoch = int(stopped[1])
        assert 2 <= epoch < EPOCHS
        assert "Traceback" not in terminal.text
    with bench() as terminal:
        terminal.wait_for(rf"basic_cnn +0 goes on after epoch {epoch}\n", 200)
        terminal.wait_for(ROW.format(epoch + 1), 60)
        assert not re.search(ROW.format(epoch), terminal.text)
        # The bar of a run says how many of its epochs are done; it starts there too.
        bar = terminal.wait_for(r"basic_cnn seed 0 +\S+ +(\d+)/10", 1)
        assert int(bar[1]) == epoch


@ON_LINUX
def test_second_press_ends_at_once_whatever_goes_on(bench) -> None:
    with bench() as terminal:
        terminal.wait_for(ROW.format(1), 200)
        (worker,) = workers_of(terminal.process.pid)
        # It cannot finish its step, so that the first press alone would wait for it.
        os.kill(worker, signal.SIGSTOP)
        terminal.press(CTRL_C)
        terminal.wait_for("press Ctrl-C again", 10)
        time.sleep(1)
        assert terminal.process.poll() is None
        terminal.press(CTRL_C)
        assert terminal.ended(10) == 130
        assert "Traceback" not in terminal.text
        assert not Path(f"/proc/{worker}").exists()


@ON_LINUX
def test_process_leaves_the_key_to_its_parent_from_its_birth(bench) -> None:
    with bench() as terminal:
        terminal.wait_for("short tier, 1 run on shapes100", 100)
        until = time.monotonic() + 60
        while not (workers := workers_of(terminal.process.pid)):
            assert time.monotonic() < until
        for _ in range(20):
            os.kill(workers[0], signal.SIGINT)
            time.sleep(0.05)
        assert workers_of(terminal.process.pid) == workers
        terminal.press(CTRL_C)
        assert terminal.ended(60) == 130
        terminal.wait_for("stopped before the first epoch; the same command goes on from there", 1)
        assert "Traceback" not in terminal.text
