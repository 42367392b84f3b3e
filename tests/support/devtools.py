"""A headless Chromium, driven over its DevTools pipe: no driver, no download, no dependency.

Protocol: https://chromedevtools.github.io/devtools-protocol (messages end in a zero byte).
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TIMEOUT_SECONDS = 60


def find_chromium() -> str | None:
    """Path of a Chromium, from BENCH_CHROMIUM or the search path."""
    return os.environ.get("BENCH_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page in a browser.

    Attributes:
        complaints: console errors, uncaught exceptions and failed loads, as they came.
    """

    def __init__(self, reader: int, writer: int) -> None:
        self.complaints: list[str] = []
        self._reader, self._writer = reader, writer
        self._buffer = b""
        self._last = 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and wait for its result."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._last:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Open a file at this size and colour scheme, and wait until it has loaded."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=page.resolve().as_uri())
        until = time.monotonic() + TIMEOUT_SECONDS
        while (
            self.run("location.href + document.readyState") != f"{page.resolve().as_uri()}complete"
        ):
            assert time.monotonic() < until, f"{page} did not load"
            time.sleep(0.05)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        result = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def screenshot(self, path: Path, *, clip: dict[str, float] | None = None) -> None:
        """A PNG of what is in view, or of a rectangle of the page."""
        options: dict[str, Any] = {}
        if clip:
            options = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True}
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **options)["data"]))

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._reader], [], [], TIMEOUT_SECONDS)
            assert ready, "the browser did not answer"
            chunk = os.read(self._reader, 1 << 20)
            assert chunk, "the browser ended"
            self._buffer += chunk
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, said: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            self.complaints.append(str(said["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning"):
            self.complaints.append(str(said["args"]))
        elif event == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(said["entry"]["text"])
        elif event == "Network.loadingFailed":
            self.complaints.append(said["errorText"])


@contextmanager
def browser(chromium: str, profile: Path) -> Iterator[Tab]:
    """A tab in a new browser, which ends with the block.

    Args:
        chromium: path of the program.
        profile: folder for what it writes.
    """
    from_us, to_browser = os.pipe()
    from_browser, to_us = os.pipe()
    command = [
        chromium,
        *("--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}"),
        # In a container it runs as root, where Chromium refuses its sandbox.
        *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
        *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    ]
    # The browser reads from descriptor 3 and writes to 4; ours are put there in the new process.
    plumbing = f"import os, sys; os.dup2({from_us}, 3); os.dup2({to_us}, 4); "
    process = subprocess.Popen(
        [sys.executable, "-c", plumbing + "os.execv(sys.argv[1], sys.argv[1:])", *command],
        pass_fds=(from_us, to_us),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(from_us)
    os.close(to_us)
    try:
        yield Tab(from_browser, to_browser)
    finally:
        os.close(to_browser)
        os.close(from_browser)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
