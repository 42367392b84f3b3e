"""The fuzzers' own bounds: an input that takes too long or too much is a failure."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import fuzzing


def test_an_input_that_takes_too_long_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "MOST_SECONDS", 0.01)

    @fuzzing.fuzz
    @given(number=st.just(1))
    def busy(number: int) -> None:
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass

    with pytest.raises(AssertionError):
        busy()


def test_an_input_that_takes_too_much_memory_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = iter(range(0, 100, 7))
    monkeypatch.setattr(fuzzing, "MOST_BYTES", 7)
    monkeypatch.setattr(fuzzing, "_peak_bytes", lambda: next(peaks))

    @fuzzing.fuzz
    @given(number=st.just(1))
    def greedy(number: int) -> None:
        pass

    with pytest.raises(AssertionError):
        greedy()


def test_as_many_inputs_are_made_as_are_asked_for() -> None:
    seen: set[int] = set()

    @fuzzing.fuzz
    @given(number=fuzzing.drawn(lambda random: random.getrandbits(60)))
    def one(number: int) -> None:
        seen.add(number)

    one()
    assert len(seen) >= 0.9 * fuzzing.INPUTS
