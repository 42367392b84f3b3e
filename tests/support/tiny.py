"""An approach that is trained in no time, for tests of what surrounds a run."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from bench.approaches.approach import Approach
from bench.approaches.registry import get_approach, installed_approaches
from bench.engines.session import Session
from bench.planning.plan import Setting, run_of
from bench.planning.prerequisites import Sources, identity_of
from bench.planning.run_spec import RunSpec
from bench.planning.tiers import Tier, get_tier
from bench.records.store import RunStore
from bench.registry import Registry
from bench.system.backend import choose_backend
from datasets import load_dataset
from models import registry
from models.registry import ModelEntry
from models.vgg19_weights import RANDOM

NETWORK = dataclasses.replace(get_approach("basic_cnn"), name="tiny", model="tiny")
TIER = dataclasses.replace(get_tier("smoke"), max_epochs=2)


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the approach's model into the registry for one test."""
    entry = ModelEntry("tiny", "tests.support.factories:tiny_network")
    monkeypatch.setattr(registry, "ENTRIES", (*registry.ENTRIES, entry))


def known(*added: Approach) -> Registry[Approach]:
    """All approaches, the tiny one and more."""
    return installed_approaches().extended(NETWORK, *added)


def make_session(folder: Path, **changes: Any) -> Session:
    """Everything kept in `folder`; the backbone's weights are random."""
    session = Session(
        RunStore(folder / "results"), sources=Sources(weights="random"), cache=folder / "cache"
    )
    return dataclasses.replace(session, **changes)


def make_run(
    approach: Approach | str = NETWORK,
    seed: int = 0,
    *added: Approach,
    tier: Tier = TIER,
    backend: str | None = None,
) -> RunSpec:
    """One image a class and two epochs of an approach."""
    if isinstance(approach, str):
        approach = get_approach(approach)
    dataset = load_dataset("shapes100", per_class=(1, 1))
    setting = Setting(dataset, identity_of(RANDOM), backend or choose_backend(), Sources())
    return run_of(approach, seed, tier, setting, known(*added))
