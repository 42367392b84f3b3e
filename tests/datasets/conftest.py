"""Caches of their own for the tests, and CIFAR data sets small enough to be written by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cifar_files import TinyCifar, TinyCifar10


@pytest.fixture(autouse=True)
def _own_cache(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep the user's caches out of the smoke tests, and the smoke tests out of those caches."""
    if request.node.get_closest_marker("smoke"):
        monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
        for name in ("CIFAR100_DIR", "CIFAR10_DIR"):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> TinyCifar:
    """The tiny CIFAR-100, whose checksums take the place of the real one's."""
    data = TinyCifar()
    monkeypatch.setattr(data.module, "EDITION", data.edition())
    return data


@pytest.fixture
def tiny10(monkeypatch: pytest.MonkeyPatch) -> TinyCifar10:
    """The tiny CIFAR-10, likewise."""
    data = TinyCifar10()
    monkeypatch.setattr(data.module, "EDITION", data.edition())
    return data
