"""Where a section's numbers come from: images, weights, machines and software, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.leaderboard.model import Machine, Software, Weights
from bench.records.record import EnvironmentPart, RunRecord

_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "scikit-learn")


def sources(records: Sequence[RunRecord]) -> tuple[str, ...]:
    """Where the images were read."""
    return _distinct(record.dataset.source for record in records)


def weights(records: Sequence[RunRecord]) -> tuple[Weights, ...]:
    """Where the backbone's weights came from; empty without a backbone."""
    found = {(r.weights.description, r.weights.sha256 or "") for r in records if r.weights}
    return tuple(
        Weights(description=description, sha256=sha256 or None)
        for description, sha256 in sorted(found)
    )


def machines(records: Sequence[RunRecord]) -> tuple[Machine, ...]:
    """What the runs computed on."""
    found = {(r.environment.processor, r.environment.cores) for r in records if not r.supplied}
    return tuple(Machine(processor=name, cores=cores) for name, cores in sorted(found))


def software(records: Sequence[RunRecord]) -> tuple[Software, ...]:
    """What the runs computed with."""
    found = [_software(record.environment) for record in records if not record.supplied]
    different = {one.model_dump_json(): one for one in found}
    return tuple(different[key] for key in sorted(different))


def recorded(records: Sequence[RunRecord]) -> tuple[str, str]:
    """The days of the first and of the last run."""
    days = [record.started[:10] for record in records]
    return min(days), max(days)


def _software(environment: EnvironmentPart) -> Software:
    return Software(
        python=environment.python,
        packages={
            name: environment.versions[name] for name in _PACKAGES if name in environment.versions
        },
        commit=environment.commit,
        dirty=environment.dirty,
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))
