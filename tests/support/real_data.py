"""Where the real CIFAR-100 is, for the tests that need it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def folder_of_cifar100(config: pytest.Config) -> Path:
    """The folder that `--data-dir` or `CIFAR100_DIR` names; without either the test is skipped."""
    named = config.getoption("data_dir", None) or os.environ.get("CIFAR100_DIR")
    if not named:
        pytest.skip("neither --data-dir nor CIFAR100_DIR names the real CIFAR-100")
    return Path(named)
