"""One run done: found where it is recorded, else fitted, scored and recorded."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bench.approaches.run_key import CODE_VERSION
from bench.engines.presence import present
from bench.engines.session import Session
from bench.errors import BenchError
from bench.estimators.protocol import Outcome, Task
from bench.planning.prerequisites import Sources, images_for
from bench.planning.run_spec import RunSpec
from bench.progress import events
from bench.records.metrics import per_class_accuracy, score
from bench.records.record import DatasetPart, RunRecord, TierPart, TimingsPart, WeightsPart
from bench.records.store import CHECKPOINT
from bench.system.clock import after, now
from bench.system.cores import threads
from bench.system.memory import peak_bytes, reset_peak
from datasets import ImageDataset
from models.vgg19_weights import BackboneWeights, find_weights


def do_run(run: RunSpec, session: Session, *, trained: bool = False) -> RunRecord:
    """Find the run's record, or do the run and write it.

    Args:
        run: what to do; the weights that it needs must be at hand.
        session: how.
        trained: whether the run's checkpoint was made by this very plan, so that even a rerun goes
            on from it.

    Raises:
        BenchError: the backbone's weights are missing, the record that is there is damaged, or the
            results cannot be written.
    """
    folder = session.folder(run)
    with locked(folder, session):
        record = None if session.rerun else session.find(run)
        found = record is not None
        if record is None:
            if session.rerun and not trained:
                (folder / CHECKPOINT).unlink(missing_ok=True)
            with present(folder, session.attempts):
                record = _fit_and_record(run, session, folder)
        (folder / CHECKPOINT).unlink(missing_ok=True)
    session.listener(events.RunFinished(run, record, found))
    return record


def drop_checkpoint(run: RunSpec, session: Session) -> None:
    """Remove what a run that was killed right after its record was written left of its training."""
    folder = session.folder(run)
    if (folder / CHECKPOINT).exists():
        with locked(folder, session):
            (folder / CHECKPOINT).unlink(missing_ok=True)


def ensure_trained(run: RunSpec, session: Session) -> None:
    """Have the run's trained weights on this machine, and its record if there is none yet."""
    if session.trained_folder(run) is not None:
        return
    if session.find(run) is None:
        do_run(run, dataclasses.replace(session, rerun=False))
        return
    folder = session.folder(run)
    with locked(folder, session):
        _estimate(run, session, folder)
        (folder / CHECKPOINT).unlink(missing_ok=True)


@contextmanager
def locked(folder: Path, session: Session) -> Iterator[None]:
    """Have a run's folder to oneself.

    Raises:
        BenchError: the results cannot be written.
    """
    lock = FileLock(folder.with_suffix(".lock"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=1)
        except Timeout:
            session.listener(events.Note(f"{folder.name}: another process does this run; waiting"))
            lock.acquire()
    except OSError as error:
        raise _unwritable(session, error) from error
    with lock:
        yield


def _unwritable(session: Session, error: OSError) -> BenchError:
    return BenchError(
        f"cannot write results to {session.store.root}: {error.strerror or error}; "
        "choose another folder with --results"
    )


def task_of(run: RunSpec, session: Session, folder: Path) -> Task:
    """What the run's estimator gets; features are computed where they are missing.

    Raises:
        BenchError, datasets.DataError, models.WeightsError: an input is missing or is another one
            than the run names.
    """
    from bench.inputs.splits import read_inputs

    weights = weights_for(run, session.sources)
    inputs = read_inputs(
        run,
        dataset_for(run, session.sources),
        weights,
        session.cache,
        lambda done, total: session.listener(events.FeaturesProgress(run, done, total)),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(session, error) from error
    return Task(
        run=run,
        inputs=inputs,
        folder=folder,
        base_folder=session.trained_folder(run.base) if run.base else None,
        weights=weights,
        on_epoch=lambda epoch, result: session.listener(events.EpochFinished(run, epoch, result)),
        on_continue=lambda history: session.listener(events.RunContinued(run, history)),
    )


def dataset_for(run: RunSpec, sources: Sources) -> ImageDataset:
    """The images that the run names.

    Raises:
        BenchError: what is found here are other images.
    """
    found = images_for(run, sources)
    if found.fingerprint != run.fingerprint:
        raise BenchError(
            f"{found.name} here has fingerprint {found.fingerprint[:12]}, but the run was planned "
            f"for {run.fingerprint[:12]}; give the same images with --data-dir"
        )
    return found


def weights_for(run: RunSpec, sources: Sources) -> BackboneWeights | None:
    """The backbone's weights that the run names; `None` for a run without a backbone.

    Raises:
        BenchError: what is found here are other weights.
    """
    if run.weights is None:
        return None
    found = find_weights(sources.weights)
    if (found.kind, found.sha256) != (run.weights.kind, run.weights.sha256):
        raise BenchError(
            f"the weights here ({found.description}) are not those that the run was planned for "
            f"({run.weights.description}); give the same file with --weights"
        )
    return found


def _estimate(run: RunSpec, session: Session, folder: Path) -> tuple[Task, Outcome]:
    task = task_of(run, session, folder)
    estimator = session.estimators.get(run.recipe.estimator).load()
    return task, estimator.fit(task)


def _fit_and_record(run: RunSpec, session: Session, folder: Path) -> RunRecord:
    # Frameworks come in only here: planning and finding records must not wait for them.
    from bench.records.environment import describe_environment, provenance

    code, started = provenance(), now()
    clock = time.perf_counter()
    reset_peak()
    session.listener(events.RunStarted(run))
    task, outcome = _estimate(run, session, folder)
    inputs = task.inputs
    dataset = dataset_for(run, session.sources)
    record = RunRecord(
        code_version=CODE_VERSION,
        key=run.key,
        approach=run.approach,
        seed=run.seed,
        recipe=run.plain_recipe,
        tier=TierPart(name=run.tier.name, parameters=run.tier.parameters),
        dataset=DatasetPart(
            name=dataset.name,
            source=dataset.source,
            fingerprint=dataset.fingerprint,
            content_digest=dataset.content_digest,
            train_images=len(inputs.train),
            validation_images=len(inputs.validation),
            test_images=len(inputs.test),
        ),
        weights=WeightsPart(**dataclasses.asdict(run.weights)) if run.weights else None,
        timings=TimingsPart(
            total=time.perf_counter() - clock,
            features=inputs.feature_seconds,
            training=outcome.training_seconds,
            training_images_per_second=outcome.images_per_second,
        ),
        peak_memory_bytes=peak_bytes(),
        environment=describe_environment(code, threads=threads()),
        started=started,
        finished=after(started, time.perf_counter() - clock),
        attempts=session.attempts,
        protocol=session.protocols.get(run.approach),
        allow_dirty=session.allow_dirty,
        model=outcome.model,
        history=outcome.history,
        best_epoch=outcome.best_epoch,
        diverged=outcome.diverged,
        train=outcome.train,
        validation=outcome.validation,
        test=score(outcome.test),
        per_class_accuracy=per_class_accuracy(outcome.test, inputs.num_classes),
        readings=dict(outcome.readings),
    )
    store = session.store.collection(run.collection)
    return store.write(folder, record, outcome.test, outcome.others)
