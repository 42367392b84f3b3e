"""A tracker's page that does not come up, or ends."""

import socket
import sys
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.trackers.pages import free_port, serving
from bench.trackers.protocol import Page


def test_page_that_ends_at_once_is_said_with_its_last_words(tmp_path: Path) -> None:
    page = Page((sys.executable, "-c", "raise SystemExit('no such table')"), "http://127.0.0.1:9/")
    log = tmp_path / "page.log"
    with pytest.raises(BenchError, match=r"ended at once: no such table"), serving(page, log):
        pass


def test_page_is_up_in_the_block_and_stopped_after_it(tmp_path: Path) -> None:
    port = free_port()
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    page = Page(command, f"http://127.0.0.1:{port}/")
    with serving(page, tmp_path / "page.log") as program:
        assert program.poll() is None
    assert program.poll() is not None
    assert free_port(port) == port


def test_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BenchError, match=f"port {port} cannot be used"):
            free_port(port)
