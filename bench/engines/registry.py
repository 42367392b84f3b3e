"""The engines by name; none is imported before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import cast

from bench.engines.protocol import Engine
from bench.registry import Registry, load_registry

GROUP = "cifar100_bench.engines"


@dataclass(frozen=True)
class EngineEntry:
    """One way to carry out plans.

    Attributes:
        name: on the command line.
        description: for people.
        implementation: `module:Class` of a `bench.engines.protocol.Engine`.
    """

    name: str
    description: str
    implementation: str

    def load(self) -> Engine:
        """The engine itself."""
        module, _, name = self.implementation.partition(":")
        return cast(Engine, getattr(import_module(module), name)())


ENGINES = (
    EngineEntry("local", "this machine, as fast as it can", "bench.engines.local:LocalEngine"),
    EngineEntry(
        "processes",
        "one fresh process per run, small networks side by side, a core each",
        "bench.engines.processes:ProcessEngine",
    ),
    EngineEntry(
        "vectorised",
        "seeds of an approach in one program, on accelerators under JAX",
        "bench.engines.vectorised:VectorisedEngine",
    ),
    EngineEntry(
        "slurm",
        "an array of jobs on a SLURM cluster, on nodes that see the results folder",
        "bench.engines.slurm:SlurmEngine",
    ),
    EngineEntry(
        "ray", "a task per run on a Ray cluster, or on this machine", "bench.engines.ray:RayEngine"
    ),
    EngineEntry(
        "inline", "all runs in this process, one by one", "bench.engines.inline:InlineEngine"
    ),
)


@cache
def installed_engines() -> Registry[EngineEntry]:
    """The built-in engines, then those of installed packages."""
    return load_registry("engine", ENGINES, EngineEntry, GROUP)
