"""How a plan is carried out here: where records go, where inputs are, who listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.analysis.present_protocol import committed_protocol
from bench.approaches.claim_sets import installed_claim_sets, report_of
from bench.engines.cluster import ClusterOptions
from bench.estimators.registry import EstimatorEntry, installed_estimators
from bench.planning.plan import Plan
from bench.planning.prerequisites import Sources
from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.records.opening import COMMITTED
from bench.records.record import RunRecord
from bench.records.store import WEIGHTS, RunStore
from bench.registry import Registry
from datasets.array_cache import default_cache_dir


def protocols_of(plan: Plan, results: Path) -> Mapping[str, str]:
    """Digests of the committed protocols that the runs of a plan follow, by their approaches.

    Each report has a protocol of its own, for runs of the full tier on its data set. It is looked
    for in the folder of results, then among the committed ones.

    Raises:
        BenchError: a committed document says something else than the code.
    """
    if not plan.runs or not plan.runs[0].tier.complete:
        return {}
    names, dataset = {run.approach for run in plan.ordered()}, plan.runs[0].dataset
    found = {}
    for report in installed_claim_sets():
        ours = [name for name in report.approaches if name in names and report_of(name) is report]
        if report.dataset != dataset or not ours:
            continue
        places = dict.fromkeys([results, COMMITTED])
        digest = next(filter(None, (committed_protocol(place, report) for place in places)), None)
        found.update(dict.fromkeys(ours, digest) if digest else {})
    return found


@dataclass(frozen=True)
class Session:
    """What running takes beside the runs themselves; nothing in it changes a result.

    Attributes:
        store: where records are written and found.
        sources: where this machine has images and weights.
        cache: folder of the feature cache.
        listener: told what happens.
        rerun: run again what is already recorded.
        workers: processes at a time; `None` is one for each core.
        timeout: seconds that a run may take; `None` is no limit.
        allow_dirty: uncommitted changes of the code were let pass.
        protocols: digests of the protocols that were committed before, by approach.
        attempts: starts of the run in this session, this one and those that were interrupted.
        cluster: where and how long jobs run, for engines on several machines.
        estimators: what can be fitted.
    """

    store: RunStore
    sources: Sources = field(default_factory=Sources)
    cache: Path = field(default_factory=default_cache_dir)
    listener: events.Listener = events.null_listener
    rerun: bool = False
    workers: int | None = None
    timeout: float | None = None
    allow_dirty: bool = False
    protocols: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 1
    cluster: ClusterOptions = field(default_factory=ClusterOptions)
    estimators: Registry[EstimatorEntry] = field(default_factory=installed_estimators)

    def folder(self, run: RunSpec) -> Path:
        """Where the run keeps its files."""
        return self.store.collection(run.collection).folder(
            dataset=run.dataset,
            tier=run.tier.name,
            approach=run.approach,
            seed=run.seed,
            key=run.key,
        )

    def find(self, run: RunSpec) -> RunRecord | None:
        """The record of the run, wherever it is found.

        Raises:
            BenchError: the record is damaged.
        """
        found = self.store.find(self.folder(run))
        return found and found[1]

    def is_to_do(self, run: RunSpec) -> bool:
        """Whether the run must be done, and not only found."""
        return self.rerun or self.find(run) is None

    def trained_folder(self, run: RunSpec) -> Path | None:
        """A folder on this machine with the run's trained weights: records travel, these do not."""
        folders = self.store.places(self.folder(run))
        return next((folder for folder in folders if (folder / WEIGHTS).exists()), None)

    def to_plain(self) -> dict[str, Any]:
        """What another process needs of it, as JSON values."""
        data_dir = self.sources.data_dir
        return {
            "results": str(self.store.root.absolute()),
            "also": [str(root.absolute()) for root in self.store.also],
            "data_dir": str(data_dir.absolute()) if data_dir else None,
            "weights": self.sources.weights,
            "options": dict(self.sources.options),
            "cache": str(self.cache.absolute()),
            "rerun": self.rerun,
            "timeout": self.timeout,
            "allow_dirty": self.allow_dirty,
            "protocols": dict(self.protocols),
            "attempts": self.attempts,
        }

    @classmethod
    def from_plain(
        cls, plain: dict[str, Any], listener: events.Listener = events.null_listener
    ) -> Session:
        """A session in another process, from what `to_plain` gave."""
        data_dir = plain["data_dir"]
        return cls(
            store=RunStore(Path(plain["results"]), tuple(map(Path, plain["also"]))),
            sources=Sources(
                Path(data_dir) if data_dir else None,
                plain["weights"],
                tuple(plain["options"].items()),
            ),
            cache=Path(plain["cache"]),
            listener=listener,
            rerun=plain["rerun"],
            # A plan that is older than this value has none.
            timeout=plain.get("timeout"),
            allow_dirty=plain["allow_dirty"],
            protocols=plain["protocols"],
            attempts=plain["attempts"],
        )
