"""What all fuzzers share: how many inputs, valid files that are damaged, and JSON of any shape."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# A few hundred each in the smoke tier; `tox -e fuzz` asks for 100,000.
INPUTS = int(os.environ.get("BENCH_FUZZ_INPUTS", "150"))

# An input that takes longer than 5 s is a finding: what is read is small.
fuzz = settings(
    max_examples=INPUTS,
    deadline=5_000,
    derandomize=INPUTS < 1_000,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "0", "\x1b[31m", "../..", "a\nb", "\u202e", "NaN", 1e308, -0.0])
)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn, valid: bytes) -> bytes:
    """A valid file after up to four edits: bytes overwritten, put in or cut out."""
    content = bytearray(valid)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        content[start:end] = draw(st.binary(max_size=40) | st.just(b"\0" * (end - start)))
        if draw(st.integers(0, 9)) == 0:
            del content[start:]
    return bytes(content)


@st.composite
def altered(draw: st.DrawFn, valid: Any) -> Any:
    """A JSON value with one place in it replaced, left out or added to, at any depth."""
    if not isinstance(valid, dict | list) or not valid or draw(st.integers(0, 3)) == 0:
        return draw(JSON)
    keys = list(valid) if isinstance(valid, dict) else list(range(len(valid)))
    key = draw(st.sampled_from(keys))
    copy = dict(valid) if isinstance(valid, dict) else list(valid)
    match draw(st.integers(0, 4)):
        case 0:
            del copy[key]
        case 1 if isinstance(copy, dict):
            copy[draw(st.text(max_size=5))] = draw(JSON)
        case _:
            copy[key] = draw(altered(valid[key]))
    return copy


def one_line(error: BaseException) -> bool:
    """Whether an error's text is one line, and so can be shown as it is."""
    return len(str(error).splitlines()) == 1
