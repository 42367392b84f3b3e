"""A record of predictions that were made elsewhere: of how, nothing is known here."""

from __future__ import annotations

import dataclasses
import platform
import re

import numpy as np

from bench.approaches.run_key import CODE_VERSION, run_key
from bench.errors import BenchError
from bench.planning.tiers import Tier
from bench.records.metrics import per_class_accuracy, score
from bench.records.predictions import Predictions
from bench.records.record import (
    DatasetPart,
    EnvironmentPart,
    ModelPart,
    RunRecord,
    TierPart,
    TimingsPart,
)
from bench.records.store import RunStore
from bench.system.clock import now
from datasets import ImageDataset

BACKEND = "supplied"
ELSEWHERE = "not known"
RECIPE = {"supplied": True}
_NAME = re.compile(r"[a-z0-9][a-z0-9_.+-]{0,62}")


def check_name(name: str, taken: tuple[str, ...]) -> None:
    """Raise where supplied predictions cannot go by this name.

    Raises:
        BenchError: it is no file name in lower case, or that of an approach.
    """
    if not _NAME.fullmatch(name):
        raise BenchError(f"name {name!r}: give lower case letters, digits, and _ . + - between")
    if name in taken:
        raise BenchError(f"name {name!r} is that of an approach; give the predictions another")


def record_supplied(
    store: RunStore,
    predictions: Predictions,
    *,
    name: str,
    seed: int,
    tier: Tier,
    dataset: ImageDataset,
) -> RunRecord:
    """Keep predictions as a run of which only the test scores are known.

    The same name and seed again is the same run measured again: the earlier record is set aside,
    and the ledger lists both; the very same predictions again are the record that is there.

    Raises:
        BenchError: the store cannot be written to.
    """
    moment = now()
    key = run_key(
        code_version=CODE_VERSION,
        approach=name,
        recipe=RECIPE,
        dataset=dataset.fingerprint,
        tier=tier.parameters,
        seed=seed,
        backend=BACKEND,
        weights=None,
    )
    unknown = ModelPart(
        parameters=None, trainable_parameters=None, non_trainable_parameters=None, flops=None
    )
    record = RunRecord(
        code_version=CODE_VERSION,
        key=key,
        approach=name,
        seed=seed,
        recipe=dict(RECIPE),
        tier=TierPart(name=tier.name, parameters=tier.parameters),
        dataset=DatasetPart(
            name=dataset.name,
            source=dataset.source,
            fingerprint=dataset.fingerprint,
            content_digest=dataset.content_digest,
            train_images=0,
            validation_images=0,
            test_images=len(predictions.label),
        ),
        weights=None,
        model=unknown,
        history=(),
        best_epoch=None,
        train=None,
        validation=None,
        test=score(predictions),
        per_class_accuracy=per_class_accuracy(predictions, dataset.num_classes),
        timings=TimingsPart(total=0, features=0, training=0, training_images_per_second=0),
        peak_memory_bytes=0,
        environment=EnvironmentPart(
            python=platform.python_version(),
            platform=platform.platform(),
            processor=ELSEWHERE,
            cores=0,
            device=ELSEWHERE,
            backend=BACKEND,
            versions={"numpy": np.__version__},
            commit=None,
            dirty=None,
        ),
        started=moment,
        finished=moment,
    )
    folder = store.folder_of(record)
    found = store.find(folder)
    if found is not None and _same(store.predictions(found[0]), predictions):
        return found[1]
    return store.write(folder, record, predictions)


def _same(one: Predictions, other: Predictions) -> bool:
    """Whether they say the same of the same images, bit by bit."""
    return all(
        np.array_equal(getattr(one, part.name), getattr(other, part.name))
        for part in dataclasses.fields(Predictions)
    )
