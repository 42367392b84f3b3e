"""Where a section's numbers come from: images, weights, machines and software, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.leaderboard.model import Weights
from bench.pages.words import counted
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


def machines(records: Sequence[RunRecord]) -> tuple[str, ...]:
    """What the runs computed on."""
    return _distinct(_machine(record.environment) for record in records)


def software(records: Sequence[RunRecord]) -> tuple[str, ...]:
    """What the runs computed with."""
    return _distinct(_software(record.environment) for record in records)


def _machine(environment: EnvironmentPart) -> str:
    return f"{environment.processor}, {counted(environment.cores, 'core')}"


def _software(environment: EnvironmentPart) -> str:
    parts = [f"Python {environment.python}"]
    parts += [
        f"{name} {environment.versions[name]}" for name in _PACKAGES if name in environment.versions
    ]
    if environment.commit:
        changed = " with uncommitted changes" if environment.dirty else ""
        parts.append(f"commit {environment.commit[:8]}{changed}")
    return ", ".join(parts)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))
