"""The time as records write it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The present second, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
