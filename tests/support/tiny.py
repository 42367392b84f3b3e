"""An approach that is trained in no time, for tests of what surrounds a run."""

import dataclasses
from pathlib import Path

import pytest

from bench.approaches import registry as approaches
from bench.approaches.registry import APPROACHES, get_approach
from bench.planning.runs import RunContext
from bench.planning.tiers import get_tier
from bench.records.store import RunStore
from bench.system.backend import choose_backend
from datasets import load_dataset
from models import registry
from models.registry import ModelEntry

NETWORK = dataclasses.replace(get_approach("basic_cnn"), name="tiny", model="tiny")


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the approach and its model into the registries for one test."""
    entry = ModelEntry("tiny", "tests.support.factories:tiny_network")
    monkeypatch.setattr(registry, "ENTRIES", (*registry.ENTRIES, entry))
    monkeypatch.setattr(approaches, "APPROACHES", (*APPROACHES, NETWORK))
    monkeypatch.setitem(approaches._BY_NAME, "tiny", NETWORK)


def make_context(folder: Path) -> RunContext:
    """One image a class, two epochs, and everything kept in `folder`."""
    return RunContext(
        dataset=load_dataset("shapes100", per_class=(1, 1)),
        tier=dataclasses.replace(get_tier("smoke"), max_epochs=2),
        store=RunStore(folder / "results"),
        backend=choose_backend(),
        weights=None,
        cache=folder / "cache",
    )
