"""A record's run, done again from what the record says of it, in a folder of its own."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bench.approaches.approach import Approach
from bench.approaches.recipes import Recipe
from bench.engines.processes import ProcessEngine
from bench.engines.session import Session
from bench.errors import BenchError
from bench.planning.plan import Plan
from bench.planning.prerequisites import Sources
from bench.planning.run_spec import RunSpec, WeightsIdentity
from bench.planning.tiers import Tier
from bench.progress import events
from bench.records.record import EpochPart, RunRecord
from bench.records.store import RunStore
from bench.registry import Registry

_CAPS = ("train_per_class", "test_per_class", "max_epochs", "max_trees")


@dataclass(frozen=True)
class Replayer:
    """Trains a record's first epochs again; it reads nothing that the run left behind.

    Attributes:
        known: the approaches, and the variants of ablations.
        sources: where this machine has images and weights.
        cache: folder of the feature cache.
    """

    known: Registry[Approach]
    sources: Sources
    cache: Path

    def __call__(self, record: RunRecord, epochs: int) -> Sequence[EpochPart]:
        """The history of the first `epochs` epochs, trained now in a fresh process.

        Raises:
            BenchError: it cannot be trained here.
        """
        run = spec_of_record(record, self.known)
        run = dataclasses.replace(run, tier=dataclasses.replace(run.tier, max_epochs=epochs))
        failed: list[str] = []

        def listen(event: events.Event) -> None:
            if isinstance(event, events.RunFailed):
                failed.append(event.reason)

        with tempfile.TemporaryDirectory(prefix="bench-replay-") as folder:
            session = Session(
                RunStore(Path(folder)), sources=self.sources, cache=self.cache, listener=listen
            )
            done = list(ProcessEngine().run(Plan((run,)), session))
        if not done:
            raise BenchError(f"the run cannot be done again: {'; '.join(failed) or 'no record'}")
        return done[0].history


def spec_of_record(record: RunRecord, known: Registry[Approach]) -> RunSpec:
    """The run that a record describes; a network's, as a forest has no epochs to train again.

    Raises:
        BenchError: its approach or recipe is not known here.
    """
    approach = known.get(record.approach)
    weights = record.weights
    return RunSpec(
        approach=record.approach,
        title=approach.title,
        model=approach.model,
        recipe=_recipe(record.recipe, type(approach.recipe)),
        base=None,
        tier=_tier(record),
        dataset=record.dataset.name,
        fingerprint=record.dataset.fingerprint,
        seed=record.seed,
        backend=record.environment.backend,
        weights=WeightsIdentity(weights.kind, weights.description, weights.sha256)
        if weights
        else None,
    )


def _recipe(plain: dict[str, Any], kind: type[Recipe]) -> Recipe:
    try:
        recipe: Recipe = TypeAdapter(kind).validate_python(plain)
    except ValidationError as error:
        raise BenchError(f"its recipe is not one of {kind.__name__}") from error
    return recipe


def _tier(record: RunRecord) -> Tier:
    caps: dict[str, Any] = {name: record.tier.parameters.get(name) for name in _CAPS}
    return Tier(name=record.tier.name, purpose="a run done again", seeds=1, **caps)
