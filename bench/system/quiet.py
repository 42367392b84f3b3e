"""Silence for a framework's import: TensorFlow writes there whatever its log level says.

Native code writes to file descriptor 2 itself, so nothing in Python can filter it, and messages
before the framework's log is set up know no level. Only what is recognised is dropped.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Absl's `I0000 00:00:1795563906.496267 11200 file.cc:227] text` and TensorFlow's older
# `2026-01-31 12:00:00.000000: I external/file.cc:227] text`. Level and file are taken.
_MESSAGE = re.compile(
    r"^(?:(?P<absl>[IWEF])\d{4} [\d:.]+ +\d+|\d{4}-\d\d-\d\d [\d:.]+: (?P<plain>[IWEF])) "
    r"(?P<file>\S+?):\d+\] "
)
# Errors by name that every build of TensorFlow beside JAX's CUDA libraries writes, and that
# nothing follows from.
_HARMLESS = re.compile(
    r"Unable to register cu\w+ factory|computation placer already registered"
    r"|failed call to cuInit: (?:UNKNOWN ERROR \(303\)|INTERNAL: CUDA error)"
    r"|Could not find cuda drivers on your machine"
)
_ALWAYS = "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR"
# What the messages that are dropped go on with in lines of their own.
_CONTINUED = re.compile(r"^(?:To enable the following instructions: |Skipping registering|\s+\S)")


def without_noise(text: str) -> str:
    """The lines that are no framework's notes about itself.

    Notes and warnings of native code go, and the few errors that are known to mean nothing; an
    error, a traceback or a line of anything else stays.
    """
    kept: list[str] = []
    in_noise = False
    for line in text.splitlines(keepends=True):
        message = _MESSAGE.match(line)
        if message:
            level = message["absl"] or message["plain"]
            in_noise = level in "IW" or (level == "E" and bool(_HARMLESS.search(line)))
        elif line.startswith(_ALWAYS):
            in_noise = True
        elif in_noise:
            in_noise = bool(_CONTINUED.match(line))
        if not in_noise:
            kept.append(line)
    return "".join(kept)


@contextmanager
def quiet_import() -> Iterator[None]:
    """Keep noise off standard error while a framework is imported in the block.

    Whoever asks for logs by `TF_CPP_MIN_LOG_LEVEL` below 3 gets them all. Where the block raises,
    everything that was written is shown. A file takes the text and not a pipe: native code that
    holds Python's lock would wait for ever for a pipe to be emptied.
    """
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") < "3":
        yield
        return
    sys.stderr.flush()
    try:
        before = os.dup(2)
    except OSError:
        # Standard error is closed: nothing to keep clean.
        yield
        return
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(before, 2)
            os.close(before)
            written.seek(0)
            text = written.read().decode("utf-8", "replace")
            sys.stderr.write(text if failed else without_noise(text))
            sys.stderr.flush()
