"""How numbers and names are written, the same on every page and on the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

# Where there is no value to write.
NONE = "—"


def readable(name: str) -> str:
    """A class name as people write it: "maple_tree" is "maple tree"."""
    return name.replace("_", " ")


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 image", "2 images", "10,000 images"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def enumerated(words: Sequence[str]) -> str:
    """A list in a sentence: "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def percent(fraction: float, decimals: int = 1) -> str:
    """A fraction as "12.3 %"."""
    return f"{100 * fraction:.{decimals}f} %"


def duration(seconds: float) -> str:
    """A wall-clock time for people: "8.4 s", "12 min", "1 h 05 min"."""
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def engineering(number: float) -> str:
    """Three significant digits and a letter: 2,050,000 is "2.05 M"."""
    for letter, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            scaled = number / size
            decimals = 0 if scaled >= 100 else 1 if scaled >= 10 else 2
            return f"{scaled:.{decimals}f} {letter}"
    return f"{number:.0f}"


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in words, four or more in a row as a range: "0 to 4, 7"."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > 3 else ", ".join(map(str, run)) for run in found
    )


def slug(text: str) -> str:
    """An anchor of the text: lower case, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"


def unique(anchors: Sequence[str]) -> list[str]:
    """The same anchors, numbered from the second of those that are equal."""
    seen: set[str] = set()
    result = []
    for anchor in anchors:
        candidates = (anchor if n == 1 else f"{anchor}-{n}" for n in count(1))
        result.append(next(c for c in candidates if c not in seen))
        seen.add(result[-1])
    return result
