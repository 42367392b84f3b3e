"""The time as records write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """The present second, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def after(moment: str, seconds: float) -> str:
    """The second that comes so long after a moment of `now`.

    With seconds of a clock that only goes forwards, a machine whose time is set during the work
    says when it ended all the same.
    """
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat(
        timespec="seconds"
    )
