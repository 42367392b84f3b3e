"""What all fuzzers share: how many inputs, valid files that are damaged, and JSON of any shape.

Hypothesis draws one number an input, and a generator that begins with it makes the input: drawing
every byte and key one by one takes ten times as long. A failing input is printed as ever; it is
not made smaller.
"""

from __future__ import annotations

import functools
import os
import resource
import time
from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

T = TypeVar("T")

# Some each in the smoke tier; `tox -e fuzz` asks for 100,000.
INPUTS = int(os.environ.get("BENCH_FUZZ_INPUTS", "30"))

# An input that takes more is a finding: what is read is small. Of the processor's time, as a busy
# machine can let any input wait for seconds.
MOST_SECONDS, MOST_BYTES = 5.0, 1 << 30

_SETTINGS = settings(
    max_examples=INPUTS,
    deadline=None,
    derandomize=INPUTS < 1_000,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)

_WORDS = ("", "0", "\x1b[31m", "../..", "a\nb", "\u202e", "NaN", "é", "\x00", "a" * 300)
_NUMBERS = (0, 1, -1, 2, 2**31, -(2**63), 2**70, 1e308, -0.0, 0.5, float("nan"), float("inf"))


def fuzz(test: Callable[..., None]) -> Callable[..., None]:
    """Hand a test of Hypothesis as many inputs as are asked for, each within time and memory."""
    inner = test.hypothesis.inner_test  # type: ignore[attr-defined]

    @functools.wraps(inner)
    def bounded(*arguments: Any, **options: Any) -> None:
        seconds, size = time.process_time(), _peak_bytes()
        inner(*arguments, **options)
        assert time.process_time() - seconds < MOST_SECONDS
        assert _peak_bytes() - size < MOST_BYTES

    test.hypothesis.inner_test = bounded  # type: ignore[attr-defined]
    return _SETTINGS(test)


def _peak_bytes() -> int:
    # In KiB under Linux.
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def drawn(make: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """What a function makes of a random generator."""
    return st.integers(0, 2**63).map(lambda seed: make(Random(seed)))


def damaged(valid: bytes) -> st.SearchStrategy[bytes]:
    """A valid file after up to four edits: bytes overwritten, put in or cut out."""
    return drawn(lambda random: _damaged(valid, random))


def altered(valid: Any) -> st.SearchStrategy[Any]:
    """A JSON value with a place or two in it replaced, left out or added to, at any depth."""
    return drawn(lambda random: _altered(valid, random))


def json_value(random: Random, depth: int = 3) -> Any:
    """A JSON value of any shape."""
    match random.randrange(8 if depth else 5):
        case 0:
            return random.choice((None, True, False))
        case 1:
            return random.choice(_NUMBERS)
        case 2:
            return random.randint(-300, 300)
        case 3:
            return random.choice(_WORDS)
        case 4:
            return text(random)
        case 5 | 6:
            return [json_value(random, depth - 1) for _ in range(random.randrange(4))]
        case _:
            return {text(random): json_value(random, depth - 1) for _ in range(random.randrange(4))}


def text(random: Random, most: int = 8) -> str:
    """Characters of all kinds, some that a terminal or a path takes for more than text."""
    kinds = ("ab01", "\x1b\x07\x00\r\n\t\u2028\u202e", "/.:\\%*[]<>|`$", "é日\U0001f600\ud800")
    length = random.randrange(most + 1)
    return "".join(random.choice(random.choice(kinds)) for _ in range(length))


def one_line(error: BaseException) -> bool:
    """Whether an error's text is one line, and so can be shown as it is."""
    return len(str(error).splitlines()) == 1


def _damaged(valid: bytes, random: Random) -> bytes:
    content = bytearray(valid)
    for _ in range(random.randint(1, 4)):
        start = random.randint(0, len(content))
        end = min(len(content), start + random.choice((0, 1, 1, 2, 8, 40)))
        put_in = random.choice((end - start, 0, 1, 8, 40))
        content[start:end] = random.choice((random.randbytes(put_in), bytes(put_in)))
        if random.randrange(10) == 0:
            del content[start:]
    return bytes(content)


def _altered(valid: Any, random: Random) -> Any:
    if not isinstance(valid, dict | list) or not valid or random.randrange(6) == 0:
        return json_value(random)
    copy = dict(valid) if isinstance(valid, dict) else list(valid)
    for _ in range(random.choice((1, 1, 1, 2))):
        keys = list(copy) if isinstance(copy, dict) else list(range(len(copy)))
        if not keys:
            break
        key = random.choice(keys)
        match random.randrange(5):
            case 0:
                del copy[key]
            case 1 if isinstance(copy, dict):
                copy[text(random)] = json_value(random)
            case _:
                copy[key] = _altered(copy[key], random)
    return copy
