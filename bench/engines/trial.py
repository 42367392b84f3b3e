"""One run done: found where it is recorded, else trained, scored and recorded."""

from __future__ import annotations

import dataclasses
import time
from datetime import UTC, datetime

from filelock import FileLock

from bench.approaches.recipes import ForestRecipe
from bench.errors import BenchError
from bench.planning.keys import CODE_VERSION
from bench.planning.runs import Run
from bench.progress import events
from bench.records.metrics import per_class_accuracy, score
from bench.records.record import DatasetPart, RunRecord, TierPart, TimingsPart, WeightsPart
from bench.records.store import CHECKPOINT, WEIGHTS
from bench.system.memory import peak_bytes, reset_peak


def run_trial(run: Run, *, trained: bool = False) -> RunRecord:
    """Find the run's record, or do the run and write it.

    Args:
        run: what to do.
        trained: whether the run's checkpoint was made by this very matrix, so that even a rerun
            run goes on from it.

    Raises:
        BenchError: VGG-19's weights are needed and missing, the record that is there is damaged,
            or the results cannot be written.
    """
    context = run.context
    try:
        run.folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(run.folder.with_suffix(".lock"))
        lock.acquire()
    except OSError as error:
        raise BenchError(
            f"cannot write results to {context.store.root}: {error.strerror or error}; "
            "choose another folder with --results"
        ) from error
    with lock:
        record = None if context.rerun else context.store.read(run.folder)
        found = record is not None
        if record is None:
            if context.rerun and not trained:
                (run.folder / CHECKPOINT).unlink(missing_ok=True)
            record = _do(run)
            (run.folder / CHECKPOINT).unlink(missing_ok=True)
    context.listener(events.RunFinished(record, found))
    return record


def _do(run: Run) -> RunRecord:
    # Frameworks come in only here: planning and finding records must not wait for them.
    from bench.inputs.splits import read_inputs
    from bench.records.environment import describe_environment

    started = datetime.now(UTC).isoformat(timespec="seconds")
    clock = time.perf_counter()
    reset_peak()
    run.context.listener(events.RunStarted(run.approach.name, run.seed, run.epochs, run))
    inputs = read_inputs(run)
    if isinstance(run.approach.recipe, ForestRecipe):
        from bench.estimators.forest import run_forest

        if run.approach.recipe.features != "backbone":
            _ensure_trained(run)
        outcome = run_forest(run, run.approach.recipe, inputs)
    else:
        from bench.estimators.network import run_network

        outcome = run_network(run, inputs)
    dataset, weights = run.context.dataset, run.context.weights
    record = RunRecord(
        code_version=CODE_VERSION,
        key=run.key,
        approach=run.approach.name,
        seed=run.seed,
        recipe=run.plain_recipe,
        tier=TierPart(name=run.context.tier.name, parameters=run.context.tier.parameters),
        dataset=DatasetPart(
            name=dataset.name,
            source=dataset.source,
            fingerprint=dataset.fingerprint,
            content_digest=dataset.content_digest,
            train_images=len(inputs.train),
            validation_images=len(inputs.validation),
            test_images=len(inputs.test),
        ),
        weights=WeightsPart(
            kind=weights.kind, description=weights.description, sha256=weights.sha256
        )
        if weights and run.network_recipe.backbone
        else None,
        timings=TimingsPart(
            total=time.perf_counter() - clock,
            features=inputs.feature_seconds,
            training=outcome.training_seconds,
            training_images_per_second=outcome.images_per_second,
        ),
        peak_memory_bytes=peak_bytes(),
        environment=describe_environment(),
        started=started,
        model=outcome.model,
        history=outcome.history,
        best_epoch=outcome.best_epoch,
        train=outcome.train,
        validation=outcome.validation,
        test=score(outcome.test),
        per_class_accuracy=per_class_accuracy(outcome.test, dataset.num_classes),
    )
    return run.context.store.write(run.folder, record, outcome.test)


def _ensure_trained(run: Run) -> None:
    """Have the base's trained weights on this machine: records travel, weights do not."""
    base = run.base
    assert base is not None
    if (base.folder / WEIGHTS).exists():
        return
    if base.context.store.read(base.folder) is None:
        run_trial(dataclasses.replace(base, context=dataclasses.replace(base.context, rerun=False)))
        return
    from bench.estimators.network import run_network
    from bench.inputs.splits import read_inputs

    run_network(base, read_inputs(base))
    (base.folder / CHECKPOINT).unlink(missing_ok=True)
