"""Runs picked at random are trained again for their first epochs and held against their history."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.errors import BenchError
from bench.records.record import EnvironmentPart, EpochPart, RunRecord
from bench.verification.evidence import Trace
from bench.verification.problem import Finding, Problem, unequal

Replay = Callable[[RunRecord, int], Sequence[EpochPart]]
"""Trains a record's first epochs again, from its recipe and seed alone; the second argument says
how many. It must read nothing of the run's own: no weights, no checkpoint, no record.

Raises:
    BenchError: it cannot be trained here: other images, no weights, an unknown approach.
"""


@dataclass(frozen=True)
class Tolerance:
    """How far a rerun may be off on another kind of machine.

    Rounding differs there and training amplifies it: of running means over the training batches
    little is left, of the validation after an epoch points. So the means alone are held.

    Attributes:
        accuracy: of the running training accuracy, as a fraction.
        loss: of the running training loss, relative.
    """

    accuracy: float = 0.03
    loss: float = 0.05


@dataclass(frozen=True)
class Reruns:
    """What was run again.

    Attributes:
        exact: runs whose history had to agree to the last bit.
        close: runs of another kind of machine, held within a tolerance.
        problems: where history and rerun disagree.
    """

    exact: tuple[Trace, ...] = ()
    close: tuple[Trace, ...] = ()
    problems: tuple[Problem, ...] = ()


def choose(runs: Sequence[Trace], count: int, seed: int) -> list[Trace]:
    """`count` runs with a history, drawn at random; all of them where there are fewer.

    Args:
        runs: in any order: the draw depends on what they are, not on how they were listed.
        count: how many.
        seed: of the draw. A forger who knows it can keep clear of it, so take a fresh one.
    """
    known = sorted((run for run in runs if run.record.history), key=lambda run: run.record_sha256)
    return random.Random(seed).sample(known, min(count, len(known)))


def run_again(
    chosen: Sequence[Trace],
    replay: Replay,
    here: EnvironmentPart,
    *,
    epochs: int = 1,
    tolerance: Tolerance = Tolerance(),
) -> Reruns:
    """Train each chosen run again and hold its history against what comes out.

    Args:
        chosen: what `choose` gave.
        replay: trains.
        here: the environment of this process.
        epochs: how many of each; fewer where a history is shorter.
        tolerance: on another kind of machine.
    """
    exact, close, problems = list[Trace](), list[Trace](), list[Problem]()
    for run in chosen:
        same = same_machine(run.record.environment, here)
        (exact if same else close).append(run)
        wanted = min(epochs, len(run.record.history))
        try:
            found = replay(run.record, wanted)
        except BenchError as error:
            problems.append(Finding("rerun", f"{wanted} epochs", str(error)).at(run.path))
            continue
        findings = _compare(run.record, found, wanted, None if same else tolerance)
        problems += [finding.at(run.path) for finding in findings]
    return Reruns(tuple(exact), tuple(close), tuple(problems))


def same_machine(one: EnvironmentPart, other: EnvironmentPart) -> bool:
    """Whether the same training must give the same bits; unknown threads are no one's equal."""
    kinds = [
        (part.processor, part.device, part.backend, part.threads, part.versions)
        for part in (one, other)
    ]
    return kinds[0] == kinds[1] and one.threads is not None


def _compare(
    record: RunRecord, found: Sequence[EpochPart], wanted: int, tolerance: Tolerance | None
) -> Iterator[Finding]:
    yield from unequal("rerun: epochs", wanted, len(found))
    for number, (again, stated) in enumerate(zip(found, record.history, strict=False), 1):
        where = f"rerun: history[{number}]"
        if tolerance is None:
            names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
            for name in names:
                pair = getattr(again, name), getattr(stated, name)
                if not _same_bits(*pair):
                    yield Finding(f"{where}.{name}", *pair)
            continue
        if abs(again.accuracy - stated.accuracy) > tolerance.accuracy:
            wanted_accuracy = f"{again.accuracy} within {tolerance.accuracy}"
            yield Finding(f"{where}.accuracy", wanted_accuracy, stated.accuracy)
        if not math.isclose(again.loss, stated.loss, rel_tol=tolerance.loss):
            yield Finding(f"{where}.loss", f"{again.loss} within {tolerance.loss:.0%}", stated.loss)


def _same_bits(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))
