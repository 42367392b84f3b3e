"""Download a file whose SHA-256 is known: wholly and verified, or not at all."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO

from datasets.errors import DataUnavailableError

_CHUNK = 1 << 20
# Seconds without a byte, after which the server counts as gone.
_PATIENCE = 30.0


def download(url: str, target: Path, sha256: str) -> Path:
    """Fetch `url` to `target`, with progress on standard error.

    Args:
        url: of the file.
        target: where it is put; its folder is made.
        sha256: what the file's SHA-256 must be, in hexadecimal.

    Returns:
        `target`.

    Raises:
        DataUnavailableError: no connection, an incomplete or altered file, or a folder that cannot
            be written; nothing is left behind.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise DataUnavailableError(f"cannot write {target}: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            found = _fetch(url, file)
        if found != sha256:
            raise DataUnavailableError(f"{url} gave a file with SHA-256 {found}, not {sha256}")
        temporary.replace(target)
    except (OSError, HTTPException) as error:
        raise DataUnavailableError(f"cannot download {url}: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _fetch(url: str, file: BinaryIO) -> str:
    """Copy `url` into `file`; returns the SHA-256 of what came."""
    digest = hashlib.sha256()
    with urllib.request.urlopen(url, timeout=_PATIENCE) as response:
        total = int(response.headers.get("Content-Length") or 0)
        done, shown = 0, -1
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            tenth = 10 * done // total if total else done // (16 * _CHUNK)
            if tenth > shown:
                shown = tenth
                progress = f"{100 * done // total} %" if total else f"{done / 1e6:.0f} MB"
                print(f"downloading {url}: {progress}", file=sys.stderr, flush=True)
    return digest.hexdigest()
