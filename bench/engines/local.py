"""This machine, the fastest way that it has."""

from __future__ import annotations

from collections.abc import Iterator

from bench.engines.processes import ProcessEngine
from bench.engines.protocol import Engine
from bench.engines.session import Session
from bench.engines.vectorised import VectorisedEngine
from bench.planning.plan import Plan
from bench.records.record import RunRecord
from bench.system.devices import offers_accelerator


class LocalEngine:
    """Seeds in one program on an accelerator under JAX, else one process per run."""

    def run(self, plan: Plan, session: Session) -> Iterator[RunRecord]:
        """See `bench.engines.protocol.Engine`."""
        return engine_for(plan).run(plan, session)


def engine_for(plan: Plan) -> Engine:
    """The engine that this machine is fastest with."""
    on_jax = any(run.backend == "jax" for run in plan.runs)
    return VectorisedEngine() if on_jax and offers_accelerator() else ProcessEngine()
