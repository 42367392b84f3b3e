"""Which modules are mutated, and which tests each is held to: `modules.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

# Holds every module, in milliseconds.
EVERYWHERE = "tests/test_house.py::test_values_are_frozen"
TABLE = Path(__file__).parent / "modules.toml"


@dataclass(frozen=True)
class Module:
    """One module and its own tests.

    Attributes:
        file: relative to the checkout.
        tests: files or test ids of pytest; no others are run for its mutants.
    """

    file: str
    tests: tuple[str, ...]


def all_modules(path: Path = TABLE) -> tuple[Module, ...]:
    """Every module of the table, in its order."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Module(file, (EVERYWHERE, *entry["tests"]))
        for entry in data["of"]
        for file in entry["modules"]
    )
