"""Plants one fault at a time in a copy of the working tree and runs the tests that must see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.faults.faults import Fault

# What pytest's exit codes say of a fault: tests that cannot be collected notice nothing.
_OUTCOMES: dict[int, Literal["noticed", "survived"]] = {0: "survived", 1: "noticed"}
Outcome = Literal["noticed", "survived", "too slow", "broken"]


@dataclass(frozen=True)
class Planted:
    """What became of a fault.

    Attributes:
        fault: the fault.
        outcome: `too slow` is a time limit that was reached, `broken` tests that did not run.
        seconds: of wall-clock time.
        said: the end of pytest's output.
    """

    fault: Fault
    outcome: Outcome
    seconds: float
    said: str


def copy_of(checkout: Path, target: Path) -> Path:
    """Copy what git knows or would add, without ignored files; the originals stay untouched."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (checkout / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(checkout / name, target / name)
    return target


def plant(fault: Fault, copy: Path, limit: float) -> Planted:
    """Put the fault into the copy, run its tests, and take it out again."""
    path = copy / fault.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(fault.planted_in(sound), encoding="utf-8")
    started = time.monotonic()
    try:
        code, said = run_tests(fault.tests, copy, limit)
    finally:
        path.write_text(sound, encoding="utf-8")
    outcome: Outcome = "too slow" if code is None else _OUTCOMES.get(code, "broken")
    return Planted(fault, outcome, time.monotonic() - started, said)


def run_tests(tests: Sequence[str], copy: Path, limit: float) -> tuple[int | None, str]:
    """Run tests in the copy, in a process of their own; the exit code, `None` at the time limit."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    # A compiled file is taken for valid by its time stamp in whole seconds, so none may be left.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "faults"}
    try:
        ended = subprocess.run(
            [*command, *tests],
            cwd=copy,
            env=environment,
            timeout=limit,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return None, f"no end within {limit:g} s"
    return ended.returncode, "\n".join(ended.stdout.splitlines()[-12:])
