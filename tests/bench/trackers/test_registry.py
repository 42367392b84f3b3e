"""Trackers by name: what is missing is said in one line, and nothing is imported unasked."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.trackers import registry
from bench.trackers.registry import TRACKERS, get_tracker


@pytest.mark.parametrize("entry", TRACKERS, ids=lambda entry: entry.name)
def test_missing_package_is_named_with_the_fix(
    entry: registry.TrackerEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    with pytest.raises(BenchError, match=rf'pip install -e "\.\[{entry.extra}\]"'):
        get_tracker(entry.name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_package_that_does_not_work_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = registry.TrackerEntry("broken", "", "bench.no_such_module:Tracker", "sys", "broken")
    monkeypatch.setattr(registry, "get_entry", lambda name: broken)
    with pytest.raises(BenchError, match=r"'broken' cannot be imported \(No module named"):
        get_tracker("broken", tmp_path)


@pytest.mark.parametrize("module", ["bench.commands", "bench.plugin", "bench.trackers.listener"])
def test_no_tracker_is_imported_unasked(module: str) -> None:
    packages = tuple(entry.package for entry in TRACKERS)
    code = f"import sys, {module}; print([m for m in {packages} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
