"""A block in which this process reaches no other machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


@contextmanager
def no_network() -> Iterator[list[str]]:
    """Refuse every look-up and every connection but those within this machine's own files.

    Yields:
        What was asked for, in words, as it is asked.
    """
    asked: list[str] = []
    connect = socket.socket.connect

    def refuse(host: Any, *others: Any, **more: Any) -> Any:
        asked.append(str(host))
        raise OSError("no network while an approach is checked")

    def connect_within(self: socket.socket, address: Any) -> None:
        if self.family != getattr(socket, "AF_UNIX", None):
            refuse(address[0] if isinstance(address, tuple) else address)
        connect(self, address)

    with (
        patch.object(socket, "getaddrinfo", refuse),
        patch.object(socket, "gethostbyname", refuse),
        patch.object(socket.socket, "connect", connect_within),
        patch.object(socket.socket, "connect_ex", connect_within),
    ):
        yield asked
