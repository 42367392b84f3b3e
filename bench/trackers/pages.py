"""A tracker's web page, while someone looks at it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import BenchError
from bench.trackers.protocol import Page

START_SECONDS = 180.0
_STOP_SECONDS = 10.0
# A proxy from the environment must not be asked for an address on this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port(wanted: int | None = None) -> int:
    """A port on loopback that nobody listens on, or the wanted one.

    Raises:
        BenchError: the wanted one is taken.
    """
    with socket.socket() as probe:
        try:
            # As servers do it: a page that was just closed does not block its port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted or 0))
        except (OSError, OverflowError) as error:
            raise BenchError(f"port {wanted} cannot be used ({error}); leave --port out") from error
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(page: Page, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The page's program, from when the page answers until the block ends.

    Args:
        page: what to start.
        log: file for what the program says.

    Raises:
        BenchError: the program ends, or does not answer in time; the log's last line is given.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        # A group of its own, so that its workers end with it and Ctrl-C reaches us alone.
        program = subprocess.Popen(
            page.command,
            env={**os.environ, **page.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(program, page.address, log)
        yield program
    finally:
        _stop(program)


def _wait(program: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if program.poll() is not None:
            said = log.read_text(errors="replace").strip().splitlines()
            raise BenchError(f"the page ended at once: {said[-1] if said else 'no word'} ({log})")
        try:
            with _OPENER.open(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise BenchError(f"the page does not answer at {address}; see {log}")


def _stop(program: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, sign)
        except (ProcessLookupError, PermissionError):
            break
        try:
            program.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    program.wait()
