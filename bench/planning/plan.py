"""From what a user asks for to the runs that do it: all bad input ends here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bench.approaches.approach import Approach
from bench.planning.datasets import named_with_options
from bench.planning.prerequisites import (
    Skip,
    Sources,
    dataset_of,
    identity_of,
    weights_of,
)
from bench.planning.request import Request, choose, seeds_of
from bench.planning.run_spec import RunSpec, WeightsIdentity, spec_of
from bench.planning.tiers import Tier
from bench.registry import Registry
from bench.system.backend import choose_backend
from datasets import ImageDataset


@dataclass(frozen=True)
class Setting:
    """What all runs of a plan share.

    Attributes:
        dataset: the images.
        weights: of the pretrained backbone; `None` where none is needed or could be had.
        backend: Keras' backend.
        sources: where this machine has them.
    """

    dataset: ImageDataset
    weights: WeightsIdentity | None
    backend: str
    sources: Sources


@dataclass(frozen=True)
class Plan:
    """The runs that were asked for, and the approaches that cannot run here.

    Attributes:
        runs: in the order of the registry, seeds ascending.
        skipped: with the reason.
        setting: what they share.
    """

    runs: tuple[RunSpec, ...]
    skipped: tuple[Skip, ...] = ()
    setting: Setting | None = field(default=None, compare=False)

    def ordered(self) -> Iterator[RunSpec]:
        """Every run that is asked for or needed by one that is, each after what it needs, once."""
        seen: set[str] = set()
        for run in self.runs:
            yield from _after_needs(run, seen)


def _after_needs(run: RunSpec, seen: set[str]) -> Iterator[RunSpec]:
    if run.key in seen:
        return
    seen.add(run.key)
    for needed in run.needs:
        yield from _after_needs(needed, seen)
    yield run


def plan(request: Request, known: Registry[Approach]) -> Plan:
    """Turn a request into runs.

    Args:
        request: what is asked for.
        known: the approaches that can be named.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: bad input, in one line.
    """
    chosen = choose(request, known)
    setting, skipped = prepare(request, chosen.tier, chosen.approaches, chosen.known)
    unable = {skip.approach for skip in skipped}
    runs = tuple(
        run_of(approach, seed, chosen.tier, setting, chosen.known)
        for approach in chosen.approaches
        if approach.name not in unable
        for seed in range(seeds_of(approach, chosen.tier, request.seeds))
    )
    return Plan(runs, skipped, setting)


def prepare(
    request: Request, tier: Tier, approaches: Iterable[Approach], known: Registry[Approach]
) -> tuple[Setting, tuple[Skip, ...]]:
    """What the runs of these approaches share, and which of them cannot run here.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: bad input, in one line.
    """
    backend = choose_backend(request.backend)
    dataset = dataset_of(request, tier)
    weights, skipped = weights_of(request, tier, approaches, known, synthetic=dataset.synthetic)
    where = str(weights.path) if weights and weights.path else weights.kind if weights else None
    _, options = named_with_options(request.dataset or "")
    sources = Sources(request.data_dir, where, tuple(options.items()))
    return Setting(dataset, identity_of(weights), backend, sources), skipped


def run_of(
    approach: Approach, seed: int, tier: Tier, setting: Setting, known: Registry[Approach]
) -> RunSpec:
    """One run of an approach in a setting."""
    base = approach.recipe.base
    return spec_of(
        approach,
        seed,
        base=known.get(base) if base else None,
        tier=tier,
        dataset=setting.dataset.name,
        fingerprint=setting.dataset.fingerprint,
        backend=setting.backend,
        weights=setting.weights,
    )
