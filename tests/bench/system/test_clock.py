"""What records say of the time."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.system.clock import after, now


def test_now_is_this_second_in_universal_time() -> None:
    said = datetime.fromisoformat(now())
    assert said.utcoffset() == timedelta(0)
    assert said.microsecond == 0
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0, "2026-12-31T23:59:58+00:00"),
        (1.9, "2026-12-31T23:59:59+00:00"),
        (2.0, "2027-01-01T00:00:00+00:00"),
        (90_000.5, "2027-01-02T00:59:58+00:00"),
    ],
)
def test_a_moment_after_another(seconds: float, expected: str) -> None:
    assert after("2026-12-31T23:59:58+00:00", seconds) == expected
