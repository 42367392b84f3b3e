"""Plants one fault at a time in a copy of the working tree and runs the tests that must see it."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import Phase, settings

from tests.faults.faults import Fault

# What pytest's exit codes say of a fault: tests that cannot be collected notice nothing.
_OUTCOMES: dict[int, Literal["noticed", "survived"]] = {0: "survived", 1: "noticed"}
FRAMEWORKS = ("keras", "tensorflow", "sklearn.ensemble", "scipy.stats", "hypothesis", "pydantic")
OWN = ("bench", "datasets", "models", "tests")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?)(?:\[.*\])?(?: - .*)?$", re.MULTILINE)
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

    @property
    def noticed_by(self) -> str:
        """The test that failed, as pytest names it; empty where the fault was not noticed."""
        failed = _FAILED.findall(self.said)
        return failed[-1] if failed and self.outcome == "noticed" else ""


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
    """Run tests in the copy, in a process of their own; the exit code, `None` at the time limit.

    The process is forked from this one, which has imported the frameworks: they take longer to
    import than most of these tests do. Of the project itself this process must know nothing.
    """
    with tempfile.TemporaryFile() as output:
        process = multiprocessing.get_context("fork").Process(
            target=_pytest, args=(tests, copy, output.fileno())
        )
        process.start()
        process.join(limit)
        late = process.is_alive()
        if late:
            process.kill()
            process.join()
        output.seek(0)
        said = output.read().decode(errors="replace").splitlines()[-12:]
    code = process.exitcode
    return None if late else code, "\n".join([f"exit code {code}", *said])


def import_frameworks() -> None:
    """Import what most tests need, in this process, for the processes that are forked from it."""
    for name in FRAMEWORKS:
        import_module(name)


def _pytest(tests: Sequence[str], copy: Path, output: int) -> None:
    os.setsid()
    for stream in (1, 2):
        os.dup2(output, stream)
    # Compiled files count as valid by whole seconds, so none may be left by the fault before.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.chdir(copy)
    sys.path[0] = str(copy)
    for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
        del sys.modules[name]
    # To see a fault is enough: making the failing input small takes minutes.
    settings.register_profile(
        "faults", deadline=None, phases=(Phase.explicit, Phase.generate), database=None
    )
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile", "faults"]
    code = pytest.main([*options, *tests])
    sys.stdout.flush()
    os._exit(int(code))
