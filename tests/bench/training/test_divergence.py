"""A training that diverges ends in one line, and what was sound stays."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from bench.approaches.recipes import EarlyStopping
from bench.errors import BenchError
from bench.training.checkpoints import Checkpoint
from bench.training.divergence import Diverged
from bench.training.loop import TrainingState, fit, with_input_pipeline
from bench.training.validation import validation_scores
from tests.support.small_training import RECIPE, TRAIN, VALIDATION, network

pytestmark = pytest.mark.usefixtures("eager")


class Poisoned(TrainingState):
    """Weights become NaN in the third epoch, as a step that is too large makes them."""

    def conclude_epoch(self, loss, accuracy, seconds, **options) -> None:
        if self.stream[1] == 3:
            first, *others = self.pipeline.get_weights()
            self.pipeline.set_weights([np.full_like(first, np.nan), *others])
        super().conclude_epoch(loss, accuracy, seconds, **options)


def begin(kind=TrainingState, *, patience: int | None = None, **options) -> TrainingState:
    restores = options.pop("restores", True)
    stopping = EarlyStopping(patience, restores) if patience else None
    recipe = dataclasses.replace(RECIPE, early_stopping=stopping, epochs=5)
    pipeline = with_input_pipeline(network(), recipe, TRAIN.samples, 5)
    validation = options.pop("validation", VALIDATION)
    return kind(pipeline, recipe, validation, epochs=5, seed=5, **options)


@pytest.mark.parametrize("validation", [VALIDATION, None], ids=["validation", "none"])
@pytest.mark.promise("a loss becomes NaN", "one line with the epoch; no NaN checkpoint is left")
def test_divergence_is_one_line_with_its_epoch_and_leaves_the_sound_state(
    tmp_path: Path, validation
) -> None:
    path = tmp_path / "checkpoint.npz"
    told: list[int] = []
    state = begin(
        Poisoned,
        checkpoint=path,
        validation=validation,
        on_epoch=lambda epoch, result: told.append(epoch),
    )
    with pytest.raises(Diverged, match=r"diverged in epoch 3: .*; lower the .* rate") as caught:
        fit(state, TRAIN)
    assert isinstance(caught.value, BenchError)
    assert "\n" not in str(caught.value)
    assert told == [1, 2]
    kept = Checkpoint.load(path)
    assert kept is not None
    assert len(kept.history) == 2
    assert all(np.isfinite(value).all() for value in kept.variables)
    # The next attempt begins with epoch 3, and a sound one ends as if nothing had been.
    resumed = fit(begin(checkpoint=path, validation=validation), TRAIN)
    assert [e.loss for e in resumed.history[:2]] == [e.loss for e in kept.history]
    assert len(resumed.history) == 5


@pytest.mark.promise(
    "a training diverges whose recipe keeps the best weights",
    "the best sound epoch counts",
)
def test_recipe_that_keeps_the_best_epoch_has_the_last_sound_best() -> None:
    state = begin(Poisoned, patience=3)
    found = fit(state, TRAIN)
    assert found.diverged == 3
    assert found.best is not None
    assert (found.last.epoch, len(found.history)) == (2, 2)
    losses = [epoch.validation_loss for epoch in found.history]
    assert found.best.epoch == 1 + int(np.argmin(losses))
    assert all(np.isfinite(w).all() for w in (*found.best.weights, *found.last.weights))
    assert all(np.isfinite(w).all() for w in state.pipeline.get_weights())


def test_recipe_that_keeps_the_last_epoch_has_nothing_left_to_keep() -> None:
    with pytest.raises(Diverged, match="epoch 3"):
        fit(begin(Poisoned, patience=3, restores=False), TRAIN)


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_loss_that_is_no_number_is_enough(loss: float) -> None:
    state = begin(patience=3)
    state.conclude_epoch(loss, 0.1, 1.0)
    assert state.finished
    with pytest.raises(Diverged, match="epoch 1: its loss is"):
        state.result()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_output_that_is_no_number_has_no_score(value: float) -> None:
    logits = np.zeros((4, 3), np.float32)
    logits[2, 1] = value
    assert all(map(math.isnan, validation_scores(logits, np.zeros(4, np.uint8))))
